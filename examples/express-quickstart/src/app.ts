import { audit } from '@whodunit/express';
import { fileSink } from '@whodunit/sink-file';
import express, { type Express } from 'express';

export const auditing = audit({ service: 'shop', sinks: [fileSink(process.env.AUDIT_FILE ?? 'audit.ndjson')] });
export const app: Express = express();
app.use(auditing); // the line to add
app.use(express.json());
app.use((_req, res, next) => {
  res.locals.user = { id: 7, email: 'owner@acme.example', tenantId: 'acme' }; // your auth, whichever it is
  next();
});
app.patch('/projects/:id', (req, res) => void res.json({ id: req.params.id, ...req.body }));
