import { addressOf, type HttpBinding, read, type Trust } from '@whodunit/core/http';
import type { Request } from 'express';
import { placeOf } from './place.js';

/** What Express knows of a request, also on the endings where it forgets: `next(err)`, a client that left. */
export const expressBinding: HttpBinding<Request> = {
  by: 'express',
  place: placeOf,
  body: (request) => read(request, 'body'),
  address(request, remoteAddress, headers) {
    const app = read(request, 'app') as Request['app'] | undefined;
    const trust: unknown = app?.get('trust proxy fn');
    return addressOf(headers, remoteAddress, typeof trust === 'function' ? (trust as Trust) : undefined);
  },
  answer(_request, response, keep) {
    const answering = response as Answering;
    const send = answering.send;
    if (send === undefined) return;
    // Express makes text of everything before it calls `send` for the last time; compression comes later.
    const kept = function (this: unknown, ...given: [body?: unknown, status?: unknown]): unknown {
      if (typeof given[0] === 'string') {
        // Somebody who wrapped it after us keeps what is theirs.
        if (answering.send === kept) answering.send = send;
        keep(given[0]);
      }
      return Reflect.apply(send, this, given);
    };
    answering.send = kept;
  },
};

/** Express 4 still takes the status as a second argument. */
interface Answering {
  send?: (body?: unknown, status?: unknown) => unknown;
}
