import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LOAD = fileURLToPath(new URL('./load.mjs', import.meta.url));
const RECEIVER = fileURLToPath(new URL('./receiver.mjs', import.meta.url));

/** The load generator; `send` resolves when as many requests were answered. It ends with us or with `stop`. */
export function startLoad() {
  const child = start(LOAD);
  return {
    async send(order) {
      const answer = answerOf(child);
      child.send(order);
      await answer;
    },
    stop: () => child.disconnect(),
  };
}

/** A receiver of batches, and its port. */
export async function startReceiver() {
  const child = start(RECEIVER);
  return { port: await answerOf(child), stop: () => child.disconnect() };
}

function start(file) {
  return fork(file, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

/** The next message of a child; rejects when it ends instead. */
function answerOf(child) {
  return new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`A helper of the benchmark ended with ${code}.`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}
