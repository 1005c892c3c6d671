/** The three spellings of a date that RFC 9110 (5.6.7) wants read: IMF-fixdate, RFC 850, asctime. */
const DATES = [
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * What a `Retry-After` header asks for, in milliseconds from `now` (RFC 9110, 10.2.3: whole seconds or a date).
 * Anything else, and what lies in the past, counts as no header. There is no upper bound here: dispatch has one.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER);
  if (!DATES.some((form) => form.test(text))) return undefined;
  // asctime has no zone and means UTC; Date.parse would take it for local time.
  const time = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return time >= now ? time - now : undefined;
}
