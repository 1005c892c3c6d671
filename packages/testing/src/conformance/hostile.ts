import type { AuditEvent, JsonObject } from '@whodunit/core';

/** Text that careless storing loses, splits or executes. Well-formed Unicode, as the caller promises. */
const HOSTILE = [
  'line\nfeed, carriage\r\nreturn, next\u0085line, separators\u2028\u2029',
  'nul \u0000 and other controls \u0001\u0008\u001b[31mred\u001b[0m \u007f\u009b',
  `quotes ' " \` and back\\slashes \\n \\u0000 \\\\`,
  "'; DROP TABLE events; -- $(touch x) %s %00 <script>alert(1)</script>",
  '{"v":1,"id":"forged"}\n{"v":1}',
  'bidi \u202e\u2066 zero\u200bwidth \ufeff tag \u{e0041} emoji 👩‍👩‍👧 astral 𝒳 combining e\u0301 ﬃ',
  ' leading, trailing and \t tabs, commas; semicolons ',
  '=HYPERLINK("x")',
  '',
] as const;

const ODD_VALUES: JsonObject = {
  numbers: [0, -1, 0.1, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, 1.7976931348623157e308],
  literals: [true, false, null],
  empty: { list: [], object: {}, text: '' },
  '': 'empty key',
  'dotted.key/with~slash': 1,
  ['__proto__']: { polluted: true },
  constructor: 'a plain word',
  toString: 'another',
};

/** Members for events that are valid and awkward: every text hostile, odd values and keys, up to about 60 KB. */
export const HOSTILE_MEMBERS: readonly Partial<AuditEvent>[] = [
  ...HOSTILE.map(hostileMembers),
  { metadata: ODD_VALUES },
  { metadata: { text: 'x'.repeat(60_000) } },
  { metadata: { text: '漢字🙂'.repeat(6_000) } },
];

function hostileMembers(text: string): Partial<AuditEvent> {
  return {
    actor: { type: 'user', id: text, name: text, email: text, claimed: text, auth: { method: text, session: text } },
    tenant: { id: text, name: text },
    source: { ip: '2001:db8::1', chain: [text, text], userAgent: text },
    resource: { type: 'project', id: text, name: text, parent: { type: 'account', id: text } },
    reason: { code: 'because', text },
    changes: [{ path: '/name', op: 'replace', old: text, new: { [text]: [text] } }],
    metadata: { [text]: text, list: [text], deep: { deeper: { deepest: text } } },
  };
}
