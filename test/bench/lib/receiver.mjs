/** An HTTP receiver in a process of its own: reads every body, answers 204. Tells its port. */
import { createServer } from 'node:http';

const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(204).end());
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit(0));
