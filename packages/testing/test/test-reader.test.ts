import type { AuditEvent, AuditPage, AuditQuery, AuditReader, TenantScope } from '@whodunit/core';
import { memorySink, type ReaderHarness, type TestReaderOptions, testReader } from '@whodunit/testing';

type Find = (query: AuditQuery, scope: TenantScope | undefined) => Promise<AuditPage>;

/** A correct reader, and what a faulty one does instead. */
interface Fault {
  readonly fails: readonly string[];
  reader(correct: AuditReader, events: readonly AuditEvent[]): Partial<AuditReader>;
}

const ALL = { allTenants: true } as const;

function finding(find: (correct: Find) => Find): Fault['reader'] {
  return (correct) => ({ find: find((query, scope) => correct.find(query, scope)) });
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'gives the oldest first': {
    fails: ['Q1', 'Q2', 'Q3'],
    reader: finding((find) => async (query, scope) => {
      const { events, ...page } = await find(query, scope);
      return { ...page, events: events.toReversed() };
    }),
  },
  'gives an event that is stored twice twice': {
    fails: ['Q1'],
    reader: (_correct, events) => ({
      find: (query, scope) => {
        const copies = events.map((event, i) => ({ ...event, id: `${event.id}#${i}` }));
        const sink = memorySink();
        void sink.write(copies, { attempt: 1, signal: new AbortController().signal });
        return sink.find(query, scope).then(({ events: found, ...page }) => ({
          ...page,
          events: found.map((event) => ({ ...event, id: event.id.replace(/#\d+$/, '') })),
        }));
      },
    }),
  },
  'counts pages by their number': {
    fails: ['Q2', 'E1'],
    reader: finding((find) => async ({ cursor, ...query }, scope) => {
      const { events } = await find({ ...query, limit: 1000 }, scope);
      const [from, limit] = [Number(cursor ?? 0), query.limit ?? 100];
      const next = from + limit < events.length ? { next: String(from + limit) } : {};
      return { events: events.slice(from, from + limit), ...next };
    }),
  },
  'ignores `until`': {
    fails: ['Q3'],
    reader: finding(
      (find) =>
        ({ until: _, ...query }, scope) =>
          find(query, scope),
    ),
  },
  'changes a field': {
    fails: ['Q4'],
    reader: (correct) => ({
      get: async (id, scope) => {
        const event = await correct.get(id, scope);
        return event && { ...event, severity: 'info' };
      },
    }),
  },
  'answers whatever is asked': {
    fails: ['E1'],
    reader: finding(
      (find) => (query, scope) =>
        find(query, scope).catch((error: { code: string }) => {
          if (error.code === 'AUDIT_READ_DENIED') throw error;
          return { events: [] };
        }),
    ),
  },
  'takes no scope for all': {
    fails: ['S1'],
    reader: (correct) => ({
      find: (query, scope) => correct.find(query, isNothing(scope) ? ALL : scope),
    }),
  },
  'gives an event by its id to anybody': {
    fails: ['S3'],
    reader: (correct) => ({ get: (id, scope) => correct.get(id, isNothing(scope) ? scope : ALL) }),
  },
  'shows events of no tenant to every tenant': {
    fails: ['S2'],
    reader: (correct) => ({
      find: async (query, scope) => {
        const page = await correct.find(query, scope);
        if (scope === undefined || 'allTenants' in scope) return page;
        const { events } = await correct.find({ limit: 1000 }, ALL);
        return { ...page, events: [...page.events, ...events.filter(({ tenant }) => tenant === undefined)] };
      },
    }),
  },
};

function isNothing(scope: TenantScope | undefined): boolean {
  return (
    scope === undefined ||
    scope === null ||
    (!('tenant' in scope && scope.tenant) && !('allTenants' in scope && scope.allTenants))
  );
}

function harnessOf({ reader }: Fault): ReaderHarness {
  const sink = memorySink();
  const stored: AuditEvent[] = [];
  return {
    reader: { find: sink.find, get: sink.get, ...reader(sink, stored) },
    async store(events) {
      stored.push(...events);
      await sink.write(events, { attempt: 1, signal: new AbortController().signal });
    },
    dispose: () => undefined,
  };
}

describe('the reader kit', () => {
  for (const [name, fault] of Object.entries(FAULTS)) {
    test(`notices a reader that ${name}`, async () => {
      expect([...(await failuresOf({ create: () => harnessOf(fault) })).keys()]).toEqual(fault.fails);
    });
  }

  test('has one test per clause, each of which some faulty reader fails', () => {
    const clauses = titlesOf().map((title) => title.split(' ')[3]);
    expect(clauses).toEqual('Q1 Q2 Q3 Q4 E1 S1 S2 S3'.split(' '));
    const noticed = Object.values(FAULTS).flatMap(({ fails }) => fails);
    expect(clauses.filter((clause) => !noticed.includes(clause ?? ''))).toEqual([]);
  });

  test('leaves an exception in the list, with its reason in the title', async () => {
    const except = { Q2: 'the archive is one page' };
    expect(titlesOf({ except })).toContain(
      'reader conformance · Q2 pages continue where they ended: not met, because the archive is one page',
    );
    const failures = await failuresOf({
      create: () => harnessOf(FAULTS['counts pages by their number'] as Fault),
      except,
    });
    expect([...failures.keys()]).toEqual(['E1']);
  });

  test('fails a reader that hangs, and disposes of it', async () => {
    let disposed = 0;
    const hanging = () => new Promise<never>(() => undefined);
    const failures = await failuresOf({
      timeoutMs: 100,
      create: () => ({
        reader: { find: hanging, get: hanging },
        store: () => undefined,
        dispose: () => void disposed++,
      }),
    });
    expect(failures.get('Q1')).toMatchObject({ message: 'find did not settle within 100 ms' });
    expect(disposed).toBe(8);
  });

  test('refuses an option that is wrong', () => {
    const create = () => harnessOf(FAULTS['changes a field'] as Fault);
    expect(() => testReader({ test, create, timeoutMS: 5 } as TestReaderOptions)).toThrow('Did you mean `timeoutMs`?');
    expect(() => testReader({ test, create, except: { W1: 'no' } } as TestReaderOptions)).toThrow(
      'unknown option `W1`',
    );
  });
});

function titlesOf(options: Partial<TestReaderOptions> = {}): string[] {
  const titles: string[] = [];
  const create = () => harnessOf(FAULTS['changes a field'] as Fault);
  testReader({ create, ...options, test: (title) => titles.push(title) });
  return titles;
}

/** Runs the kit with a runner of three lines, and returns what failed, by clause. */
async function failuresOf(options: Omit<TestReaderOptions, 'test'>): Promise<Map<string, unknown>> {
  const tests: [string, () => Promise<void>][] = [];
  testReader({ timeoutMs: 3000, ...options, test: (title, run) => tests.push([title.split(' ')[3] ?? '', run]) });
  const failures = new Map<string, unknown>();
  for (const [clause, run] of tests) await run().catch((error: unknown) => failures.set(clause, error));
  return failures;
}
