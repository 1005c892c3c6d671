import { runningOperation } from './graphql-document.js';
import { memberOf } from './member.js';

/** Deeper than this nobody looks for an id or a name. */
const MAX_DEPTH = 6;

/** The arguments of one root field, with variables filled in. Bounded; never throws, whatever was sent. */
export function graphqlArguments(request: unknown, key: string): Readonly<Record<string, unknown>> {
  const field = runningOperation(request)?.fields.find((each) => each.key === key);
  return membersOf({ tokens: field?.args ?? [], at: 0, variables: memberOf(request, 'variables') }, MAX_DEPTH);
}

/** The members of the answer, in the order in which the fields of a mutation run. */
export function graphqlKeys(request: unknown): readonly string[] {
  return runningOperation(request)?.fields.map(({ key }) => key) ?? [];
}

interface Reading {
  readonly tokens: readonly string[];
  at: number;
  readonly variables: unknown;
}

/** `name: value` as long as they last. */
function membersOf(reading: Reading, depth: number): Readonly<Record<string, unknown>> {
  const { tokens } = reading;
  const members: [string, unknown][] = [];
  while (tokens[reading.at + 1] === ':') {
    const name = tokens[reading.at] as string;
    reading.at += 2;
    members.push([name, readValue(reading, depth)]);
  }
  // Members of any name, also of one that an object inherits, are its own.
  return Object.fromEntries(members);
}

function readValue(reading: Reading, depth: number): unknown {
  const token = reading.tokens[reading.at++];
  if (token === undefined || depth === 0) return undefined;
  switch (token[0]) {
    case '$':
      return ownMember(reading.variables, token.slice(1));
    case '"':
      return textOf(token);
    case '[':
      return listOf(reading, depth - 1);
    case '{': {
      const members = membersOf(reading, depth - 1);
      reading.at++;
      return members;
    }
    default:
      return WORDS.has(token) ? WORDS.get(token) : /^[-\d]/.test(token) ? Number(token) : token;
  }
}

function listOf(reading: Reading, depth: number): readonly unknown[] {
  const values: unknown[] = [];
  while (reading.at < reading.tokens.length && reading.tokens[reading.at] !== ']')
    values.push(readValue(reading, depth));
  reading.at++;
  return values;
}

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

function textOf(token: string): string {
  if (token.startsWith('"""')) return token.slice(3, -3);
  try {
    return JSON.parse(token) as string;
  } catch {
    return '';
  }
}

function ownMember(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name)
    ? memberOf(holder, name)
    : undefined;
}
