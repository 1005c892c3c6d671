import { createServer } from 'node:http';
import { beyond, compare, median } from './measure.mjs';
import { startLoad } from './processes.mjs';

/** What a service answers, and who is signed in: the same in every application that is measured. */
export const PROJECT = {
  id: '42',
  name: 'Apollo 11',
  status: 'landed',
  plan: 'pro',
  seats: 12,
  tags: ['moon', 'crew'],
};
export const signedIn = (request, _response, next) => {
  request.user = { id: 'u_17', email: 'jo@example.com', tenantId: 't_9' };
  next();
};

/**
 * Measures what a known request logger and what whodunit add to one request of the same application.
 *
 * @param applications by name (`bare`, `again`, `peer`, `own`): a request listener; `own.flush` waits until all is stored
 * @param rows by method, the name of the row
 */
export async function compareRequests({ applications, names, rows, quick }) {
  const load = startLoad();
  const ports = await Promise.all(Object.values(applications).map((application) => listening(application.listener)));
  const variantsOf = (method) =>
    Object.fromEntries(
      Object.entries(applications).map(([name, { flush }], i) => [
        name,
        async (count) => {
          await load.send({ port: ports[i], method, count });
          await flush?.();
        },
      ]),
    );
  const lines = [];
  for (const method of Object.keys(rows)) {
    // 8,000 requests of warm-up for each application, over both methods.
    await compare(variantsOf(method), { rounds: quick ? 4 : 8, block: [500, 500] });
    const costs = await compare(variantsOf(method), { rounds: quick ? 8 : 13, block: [400, 1000] });
    lines.push(...linesOf(method, costs, names, rows[method]));
  }
  load.stop();
  return lines;
}

function linesOf(method, costs, names, row) {
  const peer = beyond(costs.peer, costs.bare);
  const line = (name, added) => ({ label: `${method}: ${names[name]}`, figure: added, ratio: added / peer });
  return [
    { label: `${method}: ${names.bare}, all of it`, figure: median(costs.bare), ratio: median(costs.bare) / peer },
    line('again', beyond(costs.again, costs.bare)),
    line('peer', peer),
    { ...line('own', beyond(costs.own, costs.bare)), name: row },
  ];
}

function listening(listener) {
  return new Promise((resolve) => {
    const server = createServer({ keepAliveTimeout: 0 }, listener);
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}
