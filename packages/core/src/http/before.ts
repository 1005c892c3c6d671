import { AuditError } from '../model/errors.js';
import { copyOf } from '../pure/copy.js';
import { loadableIn } from '../pure/loadable.js';
import { pathOf } from './path.js';
import type { RequestScope } from './request-scope.js';

/** How long a loader may take; then the diff is told to be missing. */
const LOAD_TIMEOUT_MS = 1_000;

/** What stands for a state that could not be read. */
export const UNREAD: unique symbol = Symbol('unread');

/**
 * Reads the state before an update or delete, when the application gave a loader for the resource in the path. The
 * request waits for it, at most a second. `undefined` when there is nothing to wait for.
 */
export function loadBefore(scope: RequestScope): Promise<unknown> | undefined {
  if (scope.method === 'GET' || scope.method === 'HEAD') return undefined;
  const found = loadableIn(pathOf(scope.url), scope.engine.loadable);
  if (found === undefined) return undefined;
  const before = load(scope, found.type, found.id);
  scope.loading = { ...found, before };
  return before;
}

/** Asks the loader for one state, frozen in time by a copy of what it holds. Never rejects. */
export async function load(scope: RequestScope, type: string, id: string): Promise<unknown> {
  const { engine } = scope;
  let cancel = (): void => undefined;
  try {
    const late = new Promise<typeof UNREAD>((resolve) => {
      cancel = engine.clock.after(LOAD_TIMEOUT_MS, () => resolve(UNREAD));
    });
    const loaded = Promise.resolve(engine.resource(type)?.load?.(id, scope.carrier as never));
    const state: unknown = await Promise.race([loaded, late]);
    if (state === UNREAD) {
      const message = `resources.${type}.load took longer than ${LOAD_TIMEOUT_MS} ms; the event has no diff. Make it quicker.`;
      engine.report(new AuditError('AUDIT_CAPTURE_FAILED', message), type);
    }
    return copyOf(state);
  } catch (cause) {
    const message = `resources.${type}.load failed; the event has no diff. See \`cause\`.`;
    engine.report(new AuditError('AUDIT_CAPTURE_FAILED', message, { cause }), type);
    return UNREAD;
  } finally {
    cancel();
  }
}
