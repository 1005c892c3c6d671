import { recognise } from '@whodunit/core/http';
import { compare, median, share } from './lib/measure.mjs';
import { finishedEvents } from './lib/sample.mjs';

/** The cache of a request's path is no public name. */
const inside = (file) => import(new URL(`../../packages/core/dist/esm/${file}`, import.meta.url).href);

/** 15 µs for a route that is new and 1 µs for one that is not, in shares of what took 8.6 and 0.25 µs where that was measured. */
export default {
  title: 'Recognising one request: at most 15 µs when it is new, 1 µs when it is not',
  unit: 'µs CPU',
  rows: { 'recognise-cold': { max: 1.75 }, 'recognise-cached': { max: 4 } },
  processes: 5,

  async measure({ quick }) {
    const rounds = quick ? 40 : 150;
    return [...(await cold(rounds)), ...(await cached(rounds))];
  },
};

/** Keeps the compiler from leaving out what nobody looks at. */
export let kept;

async function cold(rounds) {
  const [event] = await finishedEvents(1);
  const line = JSON.stringify(event);
  const json = (n) => {
    for (let i = 0; i < n; i++) kept = JSON.stringify(JSON.parse(line));
  };
  const variants = {
    json,
    again: json,
    known: over(() => requests(knownWord)),
    own: over(() => requests(newWord)),
  };
  await compare(variants, { rounds: 10, block: [800, 1200] });
  const costs = await compare(variants, { rounds, block: [300, 900] });
  const named = (name, label, more) => ({
    label,
    figure: median(costs[name]),
    ratio: share(costs[name], costs.json),
    ...more,
  });
  return [
    named('json', `JSON.parse and JSON.stringify, ${line.length} bytes`),
    named('again', 'the same again (A/A)'),
    named('known', 'a route never seen, of words that were'),
    named('own', 'a route never seen, of words never seen', { name: 'recognise-cold' }),
  ];
}

async function cached(rounds) {
  const { answerKey } = await inside('pure/recognise/index.js');
  const { Plans } = await inside('http/plan.js');
  const seen = Array.from({ length: 300 }, requests(knownWord));
  const plans = new Plans(recognise);
  const of = ({ method, route }) =>
    plans.of(answerKey({ method, body: BODY, status: 200 }), route, undefined, () => ({ method, route, status: 200 }));
  for (const request of seen) of(request);
  const map = new Map(seen.map(({ method, route }) => [`${method} ${route}`, {}]));
  const lookUp = (n) => {
    for (let i = 0; i < n; i++) {
      const { method, route } = seen[i % seen.length];
      kept = map.get(`${method} ${route}`);
    }
  };
  const own = (n) => {
    for (let i = 0; i < n; i++) kept = of(seen[i % seen.length]);
  };
  const variants = { lookUp, again: lookUp, own };
  await compare(variants, { rounds: 10, block: [40_000, 60_000] });
  const costs = await compare(variants, { rounds, block: [20_000, 60_000] });
  return [
    { label: 'a look-up by method and route in one Map', figure: median(costs.lookUp), ratio: 1 },
    { label: 'the same again (A/A)', figure: median(costs.again), ratio: share(costs.again, costs.lookUp) },
    {
      name: 'recognise-cached',
      label: 'a route that was seen',
      figure: median(costs.own),
      ratio: share(costs.own, costs.lookUp),
    },
  ];
}

const BODY = { name: 'Apollo 11', status: 'landed' };

/** A variant whose requests are made before the clock starts for the next block. */
function over(make) {
  const next = make();
  let ready = Array.from({ length: 1200 }, next);
  return (n) => {
    for (let i = 0; i < n; i++) kept = recognise(ready[i]);
    return () => {
      ready = Array.from({ length: 1200 }, next);
    };
  };
}

const METHODS = ['POST', 'PUT', 'DELETE', 'PATCH', 'GET'];
const WORDS = `parcel courier crate depot lorry ferry harbour tariff ledger voyage cabin berth manifest cargo anchor
  approve archive dispatch weigh unload inspect settle void merge publish`.split(/\s+/);

/** Makes requests of one shape after the other, none twice. */
function requests(word) {
  let at = 0;
  return () => {
    at++;
    const noun = word(at);
    const route = `/api/v1/${noun}s/:${noun}Id/${word(at + 5)}-${word(at * 7)}s/:id${at}/${word(at + 11)}`;
    return { method: METHODS[at % METHODS.length], route, bodyKeys: ['name', 'status'] };
  };
}

const knownWord = (at) => WORDS[at % WORDS.length];
const newWord = (at) => {
  let word = 'w';
  for (let left = at * 7919; left > 0; left = Math.floor(left / 26)) word += String.fromCharCode(97 + (left % 26));
  return word;
};
