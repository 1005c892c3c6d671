import { Agent, request } from 'node:http';
import { eventLine } from '@whodunit/core';
import { httpSink } from '@whodunit/sink-http';
import { compare, median, share } from './lib/measure.mjs';
import { startReceiver } from './lib/processes.mjs';
import { delivery, finishedBatches } from './lib/sample.mjs';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export default {
  title: 'A batch of 500 events over HTTP',
  unit: 'µs CPU',
  rows: { http: { max: 1.6 }, 'http-signed': { max: 1.6 } },
  processes: 3,

  async measure({ quick }) {
    const receiver = await startReceiver();
    const url = `http://127.0.0.1:${receiver.port}/events`;
    const options = { url, allowPlainHttp: true, allowPrivateAddresses: true };
    const sinks = { own: httpSink(options), signed: httpSink({ ...options, name: 'signed', secrets: [SECRET] }) };
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const batches = await finishedBatches(20, 500);
    // As an application has them: text.
    const bodies = batches.map((events) => `${events.map(eventLine).join('\n')}\n`);
    let turn = 0;
    const each = (send) => async (n) => {
      for (let i = 0; i < n; i++) await send(turn++ % batches.length);
    };
    const bare = each((i) => posted(url, agent, bodies[i]));
    const variants = {
      bare,
      again: bare,
      own: each((i) => sinks.own.write(batches[i], delivery())),
      signed: each((i) => sinks.signed.write(batches[i], delivery())),
    };
    await compare(variants, { rounds: 20, block: [10, 20] });
    const costs = await compare(variants, { rounds: quick ? 25 : 60, block: [10, 40] });
    await Promise.all([sinks.own.close(), sinks.signed.close()]);
    agent.destroy();
    receiver.stop();
    const line = (name, label) => ({ label, figure: median(costs[name]), ratio: share(costs[name], costs.bare) });
    return [
      line('bare', 'node:http, keep-alive'),
      line('again', 'node:http again (A/A)'),
      { name: 'http', ...line('own', 'httpSink') },
      { name: 'http-signed', ...line('signed', 'httpSink, signed') },
    ];
  },
};

function posted(url, agent, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-ndjson', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', resolve);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
