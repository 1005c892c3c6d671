import { createHash } from 'node:crypto';
import { type AuditEvent, createAuditor, type EventInput, eventLine, MAX_EVENT_BYTES } from '@whodunit/core';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson, escapeLine } from '../src/pure/canonical';
import { recordingSink } from './support/sinks';

/** Records these and gives back the events that a sink gets. */
async function recorded(...inputs: EventInput[]): Promise<AuditEvent[]> {
  const sink = recordingSink();
  const auditor = createAuditor({ service: 'test', sinks: [sink], onError: () => undefined });
  for (const input of inputs) auditor.record(input);
  await auditor.close();
  return sink.events;
}

const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '\r',
      '\n',
      '\u0085',
      '\u2028',
      '\u2029',
      '\u001b',
      '\u009b',
      '\u007f',
      '\u202e',
      '\u200b',
      '\ufeff',
      '\u{e0041}',
      '\u0000',
      '\ud800',
      '%s',
      '"',
      '\\',
    ),
  }),
);

describe('an event', () => {
  test('is sealed: stream, seq without a hole, and the hash of the one before', async () => {
    const events = await recorded(
      { action: 'a.b' },
      { action: 'c.d', metadata: { text: 'ü\u2028' } },
      { action: 'e.f' },
    );
    let prev = Buffer.alloc(32).toString('base64');
    for (const [i, event] of events.entries()) {
      expect(event.seal).toMatchObject({ seq: i, prev, stream: events[0]?.seal?.stream });
      const leaf = Buffer.concat([Buffer.from([0]), Buffer.from(canonicalJson(event))]);
      prev = createHash('sha256').update(leaf).digest('base64');
    }
    expect(events).toHaveLength(3);
  });

  test('is canonical JSON as RFC 8785 says, whatever the application hands in', async () => {
    const metadata = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('10', '9', '-1', '', '$a', '__proto__', 'é')),
      fc.jsonValue(),
      { maxKeys: 8 },
    );
    const samples = fc.sample(metadata, 300);
    const events = await recorded(
      ...samples.map((sample) => ({ action: 'a.b', metadata: sample, before: { a: 1 }, after: sample })),
    );
    expect(events).toHaveLength(300);
    for (const event of events) {
      const line = eventLine(event);
      expect(line).toBe(escapeLine(canonicalize(event) as string));
      expect(JSON.parse(line)).toEqual(event);
    }
  });

  test('is frozen all the way down', async () => {
    const [event] = await recorded({
      action: 'a.b',
      metadata: { list: [{ a: 1 }] },
      before: { a: { b: 1 } },
      after: { a: { b: 2 } },
      resource: { type: 'x', id: '1' },
    });
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      expect(Object.isFrozen(value)).toBe(true);
      Object.values(value).forEach(walk);
    };
    walk(event);
  });

  test('is one printable line with nothing raw in it, in every field', async () => {
    const inputs = fc.sample(hostileText, 300).map((text) => ({
      action: 'a.b',
      actor: { type: 'user' as const, id: text, name: text, email: text },
      tenant: { id: `t${text}`, name: text },
      source: { ip: text, userAgent: text, chain: [text] },
      resource: { type: text, id: text, name: text, parent: { type: text, id: text } },
      reason: { code: text, text },
      metadata: { [`k${text}`]: text },
      before: { a: 1 },
      after: { a: text, [text]: 1 },
    }));
    const events = await recorded(...inputs);
    expect(events).toHaveLength(300);
    for (const event of events) {
      const line = eventLine(event);
      expect(line).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800]|[\u{e0000}-\u{e007f}]/u,
      );
      expect(JSON.parse(line)).toEqual(event);
    }
  });

  test.each<[string, Partial<EventInput>]>([
    ['a body of 10 MB', { metadata: { body: 'x'.repeat(10_000_000) } }],
    [
      '100,000 changes',
      { before: {}, after: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 'v'.repeat(50)])) },
    ],
    [
      'large old and new values',
      { before: { a: 'x'.repeat(60_000), b: ['y'.repeat(60_000)] }, after: { a: 'z'.repeat(60_000), b: [] } },
    ],
    [
      'wide metadata',
      { metadata: Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`k${i}`, 'v'.repeat(100)])) },
    ],
    [
      'three-byte text everywhere',
      {
        metadata: { a: '漢'.repeat(16_000), b: '漢'.repeat(16_000) },
        reason: { code: 'x', text: '漢'.repeat(16_000) },
      },
    ],
    [
      'labels without end',
      {
        actor: { type: 'user', id: '漢'.repeat(99_999), name: '漢'.repeat(99_999) },
        resource: { type: '漢'.repeat(99_999), id: '漢'.repeat(99_999) },
      },
    ],
  ])('stays within the size limit with %s, and says what was left out', async (_, input) => {
    const [event] = await recorded({
      action: 'order.refund',
      actor: 'u1',
      resource: { type: 'order', id: '7' },
      ...input,
    });
    expect(Buffer.byteLength(canonicalJson(event))).toBeLessThanOrEqual(MAX_EVENT_BYTES);
    expect(event).toMatchObject({ action: 'order.refund', outcome: 'success', seal: { seq: 0 } });
    const cut =
      event?.truncated !== undefined ||
      JSON.stringify(event).includes('$truncated') ||
      event?.diff?.fidelity === 'partial';
    expect(cut || JSON.stringify(event).length < 20_000).toBe(true);
  });

  test('that is too large loses values before metadata before names, and keeps its original size', async () => {
    const big = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, 'x'.repeat(8_000)]));
    const [event] = await recorded({
      action: 'a.update',
      resource: { type: 'a', id: '1' },
      before: {},
      after: big,
      metadata: { kept: 'yes' },
    });
    expect(event?.truncated?.bytes).toBeGreaterThan(160_000);
    expect(event?.truncated?.fields).toEqual(['changes.values']);
    expect(event?.changes).toHaveLength(20);
    expect(event?.metadata).toEqual({ kept: 'yes' });
  });
});
