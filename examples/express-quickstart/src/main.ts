import { app, auditing } from './app.js';

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
