import { audit } from '@whodunit/express';
import { fileSink } from '@whodunit/sink-file';
import express from 'express';

const auditing = audit({ service: 'shop', sinks: [fileSink('audit.ndjson')] });
const app = express();
app.use(auditing); // the line to add
app.use(express.json());
app.use((_req, res, next) => {
  res.locals.user = { id: 7, email: 'owner@acme.example', tenantId: 'acme' }; // your auth, whichever it is
  next();
});
app.patch('/projects/:id', (req, res) => void res.json({ id: req.params.id, ...req.body }));

const server = app.listen(process.env.PORT ?? 3000, () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : address;
  process.stdout.write(`http://localhost:${port} writes to audit.ndjson\n`);
});

// Requests that are still open are waited for, and their events stored.
process.once('SIGTERM', () => {
  server.close();
  void auditing.auditor.close();
});
