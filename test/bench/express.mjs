import { join } from 'node:path';
import { audit } from '@whodunit/express';
import { fileSink } from '@whodunit/sink-file';
import express from 'express';
import pino from 'pino';
import { pinoHttp } from 'pino-http';
import { withFolder } from './lib/folder.mjs';
import { compareRequests, PROJECT, signedIn } from './lib/requests.mjs';

export default {
  title: 'One request on Express 5, added to the bare application',
  unit: 'µs CPU',
  rows: { 'express-audited': { max: 0.8 }, 'express-unaudited-get': { max: 0.2 } },
  processes: 5,

  measure: ({ quick }) =>
    withFolder((folder) => {
      const own = audit({ service: 'shop', sinks: [fileSink(join(folder, 'audit.ndjson'))] });
      const peer = pinoHttp({ logger: pino(pino.destination({ dest: join(folder, 'pino.log'), sync: false })) });
      return compareRequests({
        applications: {
          bare: { listener: application() },
          again: { listener: application() },
          peer: { listener: application(peer) },
          own: { listener: application(own), flush: () => own.auditor.flush() },
        },
        names: { bare: 'bare', again: 'bare again (A/A)', peer: 'pino-http to a file', own: 'whodunit to a file' },
        rows: { PUT: 'express-audited', GET: 'express-unaudited-get' },
        quick,
      });
    }),
};

function application(...middleware) {
  const app = express();
  app.use(signedIn, ...middleware, express.json());
  app.put('/projects/:id', (request, response) => response.json({ ...PROJECT, name: request.body.name }));
  app.get('/projects/:id', (_request, response) => response.json(PROJECT));
  return app;
}
