import { ASSETS } from './prefixes.js';
import type { Route } from './route.js';
import {
  SENDERS,
  SILENT_ALONE,
  SILENT_FOLDERS,
  SILENT_PATHS,
  SILENT_WITH_FILES,
  type Silence,
  TELEMETRY,
} from './silence.js';
import type { RecogniseInput, Recognition } from './types.js';

/** Preflight, health checks, metrics and assets: what no trail wants. */
export function silentOf(method: string, route: Route, input: RecogniseInput): Recognition | undefined {
  if (method === 'OPTIONS' || method === 'TRACE' || method === 'CONNECT') return silent('preflight', method);
  const reading = method === 'GET' || method === 'HEAD';
  const what =
    folderOf(route, reading) ??
    (reading ? fileOf(route) : undefined) ??
    pathOf(method, route, reading, input.route.lastIndexOf('/') <= 0) ??
    (method === 'POST' ? sentOf(route) : undefined);
  return what === undefined ? undefined : silent(what, `${method} ${input.route.slice(0, 120)}`);
}

const MEANS: Readonly<Record<Silence, string>> = {
  asset: 'asks for an asset',
  health: 'is a health check',
  metrics: 'is for a metrics scraper',
  polling: 'is a connection kept open',
  preflight: 'asks what is allowed',
  telemetry: 'is a report of a browser or a device on itself',
  webhook: 'is a message of another service',
};

/** A silent answer. */
export function silent(what: Silence, request: string): Recognition {
  return {
    event: false,
    action: `system.${what}`,
    category: 'system',
    operation: 'read',
    kind: 'silent',
    why: `${request} ${MEANS[what]}`,
    varies: false,
  };
}

function folderOf(route: Route, reading: boolean): Silence | undefined {
  const name = route.folder;
  if (name === undefined || route.parts[0]?.words === undefined) return undefined;
  if (reading && route.ending !== undefined && SILENT_WITH_FILES.has(name)) return 'asset';
  const what = SILENT_FOLDERS.get(name);
  return reading || what === 'polling' ? what : undefined;
}

function fileOf({ ending }: Route): Silence | undefined {
  return ending !== undefined && ASSETS.has(ending) ? 'asset' : undefined;
}

/** What machines send: reports on themselves, and the webhooks of services. */
function sentOf({ parts }: Route): Silence | undefined {
  const last = parts[parts.length - 1]?.words;
  const before = parts[parts.length - 2]?.words;
  if (last === undefined) return undefined;
  const name = last.join(' ');
  if (TELEMETRY.has(name)) return 'telemetry';
  if (before?.length !== 1 || last.length !== 1 || parts.some((part) => part.words === undefined)) return undefined;
  const [from] = before as [string];
  const isWebhook =
    (SENDERS.has(name) && HOOKS.has(from)) || ((SENDERS.has(from) || PAYING.has(from)) && HOOKS.has(name));
  return isWebhook ? 'webhook' : undefined;
}

/** What is told by the service that is paid through. */
const PAYING: ReadonlySet<string> = new Set([
  'billing',
  'checkout',
  'payment',
  'payments',
  'subscription',
  'subscriptions',
]);
const HOOKS: ReadonlySet<string> = new Set(['hook', 'hooks', 'webhook', 'webhooks']);

function pathOf(method: string, { parts }: Route, reading: boolean, alone: boolean): Silence | undefined {
  const last = parts[parts.length - 1];
  if (last?.words === undefined || parts.some((part) => part.words === undefined)) return undefined;
  const name = last.words.join(' ');
  const what = SILENT_PATHS.get(name) ?? (alone ? SILENT_ALONE.get(name) : undefined);
  if (reading) return what;
  return method === 'POST' && what === 'health' && SILENT_PATHS.has(name) ? what : undefined;
}
