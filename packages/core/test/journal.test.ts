import { type Category, sealedLine } from '@whodunit/core';
import { sampleEvent } from '@whodunit/testing';
import { type Entry, memoryJournal } from '../src/engine/journal';

function journalOf(maxEvents = 10, maxBytes = 1_000_000) {
  const journal = memoryJournal({ maxEvents, maxBytes });
  let seq = 0;
  const put = (category: Category = 'data', bytes = 100): Entry | undefined => {
    if (!journal.admit(category)) return undefined;
    return journal.append({ sealed: { ...sealedLine(sampleEvent()), bytes }, category, seq: seq++, since: 0 });
  };
  return { journal, put };
}

const seqs = (entries: readonly Entry[]) => entries.map((entry) => entry.seq);

describe('the memory journal', () => {
  test('gives every cursor all events in order and keeps them until each has passed', () => {
    const { journal, put } = journalOf();
    const [a, b] = [journal.cursor(() => undefined), journal.cursor(() => undefined)];
    put();
    put();
    const batch = a.take(10, 1e6);
    expect(seqs(batch)).toEqual([0, 1]);
    a.pass(batch);
    expect([journal.count, journal.bytes, a.pending, b.pending]).toEqual([2, 200, 0, 2]);
    b.pass(b.take(10, 1e6));
    expect([journal.count, journal.bytes, b.oldest]).toEqual([0, 0, undefined]);
  });

  test('fills a batch by events and by bytes, and always with at least one', () => {
    const { journal, put } = journalOf();
    const cursor = journal.cursor(() => undefined);
    for (const bytes of [500, 10, 10, 10]) put('data', bytes);
    expect(seqs(cursor.take(10, 100))).toEqual([0]);
    expect(seqs(cursor.take(2, 100))).toEqual([1, 2]);
    expect(seqs(cursor.take(2, 100))).toEqual([3]);
    expect(cursor.take(2, 100)).toEqual([]);
  });

  test('refuses a cheap event at four fifths and one that matters only when it is full', () => {
    const { journal, put } = journalOf(10);
    journal.cursor(() => undefined);
    const cheap = Array.from({ length: 20 }, () => put()).filter(Boolean);
    const logins = Array.from({ length: 20 }, () => put('auth')).filter(Boolean);
    expect([cheap.length, logins.length, journal.count]).toEqual([8, 2, 10]);
  });

  test('refuses by bytes as well', () => {
    const { journal, put } = journalOf(1_000, 1_000);
    journal.cursor(() => undefined);
    expect(Array.from({ length: 20 }, () => put('data', 100)).filter(Boolean)).toHaveLength(8);
  });

  test('makes room with what a healthy sink has, so that a dead one harms only itself', () => {
    const { journal, put } = journalOf(10);
    const evicted: Entry[] = [];
    const healthy = journal.cursor(() => undefined);
    journal.cursor((entry) => evicted.push(entry));
    for (let i = 0; i < 100; i++) {
      expect(put()).toBeDefined();
      healthy.pass(healthy.take(10, 1e6));
    }
    expect(seqs(evicted)).toEqual(Array.from({ length: 92 }, (_, i) => i));
    expect(evicted.every((entry) => entry.lost === 'sink_lagging')).toBe(true);
    expect(journal.count).toBe(8);
  });

  test('never makes room with a login, nor with what is being written', () => {
    const { journal, put } = journalOf(10);
    const evicted: Entry[] = [];
    const healthy = journal.cursor(() => undefined);
    const lagging = journal.cursor((entry) => evicted.push(entry));
    put('auth');
    for (let i = 0; i < 6; i++) put();
    lagging.take(3, 1e6);
    healthy.pass(healthy.take(10, 1e6));
    for (let i = 0; i < 5; i++) put();
    expect(seqs(evicted)).toEqual([3, 4, 5, 6]);
  });

  test('resolves drained() when what was there has left, whatever came later', async () => {
    const { journal, put } = journalOf();
    const cursor = journal.cursor(() => undefined);
    put();
    put();
    let done = false;
    const drained = journal.drained().then(() => {
      done = true;
    });
    put();
    const [first, second] = cursor.take(2, 1e6) as [Entry, Entry];
    cursor.pass([second]);
    await Promise.resolve();
    expect(done).toBe(false);
    cursor.pass([first]);
    await drained;
    expect(journal.count).toBe(1);
  });

  test('lets a sink go that is gone, and takes nothing when none is left', () => {
    const { journal, put } = journalOf();
    const cursor = journal.cursor(() => undefined);
    const entry = put();
    cursor.take(1, 1e6);
    put();
    expect(seqs(cursor.leave('sink_gone'))).toEqual([0, 1]);
    expect([journal.count, entry?.lost, put()]).toEqual([0, 'sink_gone', undefined]);
  });
});
