import type { Row } from '@whodunit/core/writes';
import type { Audited } from '../audited.js';
import type { CallOptions, Doc } from '../like.js';
import { basics, idsIn, type Said, type Verb } from './call.js';
import { sendPartly } from './partly.js';

/** `insertOne`: by `save`, `create` and by hand. What is sent is what is stored: nothing is read. */
export const insertOne: Verb = (audited, call) => {
  const sent = copies(audited, [call.args[0] as Doc], call.options);
  return {
    ...basics(audited, call),
    operation: 'create',
    isOne: true,
    size: 1,
    async run() {
      sent.take();
      const value = await call.send();
      return { value, said: value as Said };
    },
    after: ({ said }) => sent.rows({ 0: said?.insertedId }),
  };
};

/** `insertMany`. When some are refused, the others are told. */
export const insertMany: Verb = (audited, call) => {
  const documents = Array.isArray(call.args[0]) ? (call.args[0] as Doc[]) : [];
  const sent = copies(audited, documents, call.options);
  return {
    ...basics(audited, call),
    operation: 'create',
    size: documents.length,
    run() {
      sent.take();
      return sendPartly(call);
    },
    after: ({ said }) => sent.rows(said?.insertedIds ?? {}),
    affected: ({ said }) => (said?.acknowledged === false ? undefined : idsIn(said?.insertedIds).length),
  };
};

/** Copies of documents at the time at which they are sent: the application may change them while it waits. */
export function copies(audited: Audited, documents: readonly Doc[], options: CallOptions) {
  let taken: Doc[] | undefined;
  let problem: unknown;
  return {
    take(): void {
      try {
        taken = documents.map((document) => audited.copy(document, options));
      } catch (error) {
        // The driver will say it better, to whom it belongs.
        problem = error;
      }
    },
    /** Those that were stored, by their place in what was sent. */
    rows(ids: Readonly<Record<number, unknown>>): Row[] {
      if (taken === undefined) throw problem;
      return Object.entries(ids).flatMap(([index, id]) => {
        const copy = taken?.[Number(index)];
        return copy === undefined ? [] : [audited.row('_id' in copy ? copy : { _id: id, ...copy })];
      });
    },
  };
}
