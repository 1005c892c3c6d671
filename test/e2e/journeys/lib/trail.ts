import { type AuditEvent, eventLine } from '@whodunit/core';

/**
 * A trail as an auditor reads it: one event a line, `action outcome actor resource tenant`. Actors are `type:id`, or
 * `anonymous`, with what they claimed to be behind a tilde; resources are `type/id`; `-` stands for nothing, `#` for
 * the hash of a secret, and `+2` for what came again and was only counted.
 */
export function trail(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  return lines.filter((words) => words.length > 1).map((words) => words.join(' '));
}

/** What was stored, in the words of `trail`. */
export function told(events: readonly AuditEvent[]): string[] {
  return events.map(({ action, outcome, actor, metadata, resource, tenant }) => {
    const who = `${actor.type}${actor.id === undefined ? '' : `:${actor.id}`}`;
    const id = resource?.id?.replace(/^sha256:[0-9a-f]{16}$/, '#');
    const what = resource === undefined ? '-' : `${resource.type}${id === undefined ? '' : `/${id}`}`;
    const claimed = actor.claimed === undefined ? '' : `~${actor.claimed}`;
    const { count } = (metadata?.['repeated'] ?? {}) as { readonly count?: number };
    const again = count === undefined ? [] : [`+${count}`];
    return [action, outcome, `${who}${claimed}`, what, tenant?.id ?? '-', ...again].join(' ');
  });
}

/** What holds for every trail: nothing secret in it, each event says why it was captured, and none is missing. */
export function expectSound(events: readonly AuditEvent[], secrets: readonly string[]): void {
  const lines = events.map(eventLine);
  const leaks = secrets.flatMap((secret) =>
    lines.filter((line) => formsOf(secret).some((form) => line.includes(form))).map((line) => ({ secret, line })),
  );
  expect(secrets.length).toBeGreaterThan(0);
  expect(leaks).toEqual([]);
  expect(events.map(({ capture }) => capture.why)).not.toContain('');
  expect(new Set(events.map(({ seal }) => seal?.stream)).size).toBe(1);
  expect(events.map(({ seal }) => seal?.seq)).toEqual(events.map((_event, at) => at));
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
}

/** A secret as it is, and as it looks in a URL and in base64. */
function formsOf(secret: string): string[] {
  // A secret that is too short to be one would be found by chance.
  if (secret.length < 8) throw new Error('give longer secrets');
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')];
}
