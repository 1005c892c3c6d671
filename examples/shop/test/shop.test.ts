import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent } from '@whodunit/core';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import { PASSWORDS, playJourney } from '../src/journey';
import { prove } from '../src/proof';
import { screen } from '../src/screen';
import { openShop, type Shop } from '../src/shop';
import { secretsInAnswers } from './secrets';

const folder = mkdtempSync(join(tmpdir(), 'whodunit-shop-test-'));
const auditFile = join(folder, 'audit.ndjson');
const secrets = secretsInAnswers();
const printed: string[] = [];
const display = screen((text) => void printed.push(text), false);
let shop: Shop;
let events: readonly AuditEvent[];

beforeAll(async () => {
  shop = await openShop({ databaseUrl: await createTestDatabase(), auditFile, screen: display, port: 0 });
  const count = await playJourney(shop.url);
  await prove(shop, { auditFile, shown: display.shown, count });
  // An event whose resource is read again is sealed a moment later than the next: by time, as a reader sorts them.
  events = display.shown.toSorted((a, b) => (a.time < b.time ? -1 : 1));
}, 60_000);

afterAll(async () => {
  secrets.stop();
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});

test('records each thing that somebody tried once: who, for whom, what, to what, and how it ended', () => {
  expect(events.map(inShort)).toEqual([
    ['owner@acme.example', 'Acme', 'account.signup', 'user 1', 'success'],
    ['owner@acme.example', 'Acme', 'product.create', 'product 1 Mug', 'success'],
    ['owner@acme.example', 'Acme', 'product.update', 'product 1 Mug', 'success'],
    ['owner@acme.example', 'Acme', 'member.invite', 'invitation 1 clerk@acme.example', 'success'],
    ['owner@acme.example', 'Acme', 'auth.logout', 'session', 'success'],
    ['clerk@acme.example', 'Acme', 'member.invite_accept', 'invitation 1', 'success'],
    ['clerk@acme.example', 'Acme', 'order.create', 'order 1', 'success'],
    ['clerk@acme.example', 'Acme', 'order.pay', 'order 1', 'success'],
    ['clerk@acme.example', 'Acme', 'order.pay', 'order 1', 'failure http_409'],
    ['clerk@acme.example', 'Acme', 'role.assign', 'user 2', 'denied http_403'],
    ['claims owner@acme.example', undefined, 'auth.login', 'session', 'failure http_401'],
    ['owner@acme.example', 'Acme', 'auth.login', 'session', 'success'],
    ['owner@acme.example', 'Acme', 'order.refund', 'order 1', 'success'],
    ['owner@acme.example', 'Acme', 'role.assign', 'user 2', 'success'],
    ['owner@globex.example', 'Globex', 'account.signup', 'user 3', 'success'],
    ['owner@globex.example', 'Globex', 'product.update', 'product 1', 'denied hidden_by_404'],
    ['clerk@acme.example', 'Acme', 'product.delete', 'product 1 Mug', 'success'],
    ['clerk@acme.example', 'Acme', 'auth.logout', 'session', 'success'],
  ]);
  expect(events.every(({ source }) => source?.ip === '127.0.0.1')).toBe(true);
});

test('tells with a loader what exactly an update and a delete changed', () => {
  const update = the('product.update');
  expect(update.diff).toEqual({ fidelity: 'exact' });
  expect(update.changes).toContainEqual({ path: '/priceCents', op: 'replace', old: 900, new: 1200 });
  const deletion = the('product.delete');
  expect(deletion.diff).toEqual({ fidelity: 'exact' });
  expect(deletion.changes).toContainEqual({ path: '/stock', op: 'remove', old: 38 });
});

test('tells without a loader what was asked for, and says that it is not exact', () => {
  const [, assigned] = events.filter(({ action }) => action === 'role.assign');
  expect(assigned?.diff?.fidelity).toBe('partial');
  expect(assigned?.changes).toEqual([{ path: '/role', op: 'replace', new: 'manager' }]);
});

test('tells one organization nothing of the other', () => {
  const theirs = events.filter(({ tenant }) => tenant?.name === 'Globex');
  expect(theirs).toHaveLength(2);
  expect(JSON.stringify(theirs)).not.toMatch(/Mug|Acme/);
});

test('shows each event as one line', () => {
  expect(printed).toHaveLength(events.length);
  const line = 'owner@acme.example product.update product 1 "Mug" in Acme from 127.0.0.1 (priceCents 900';
  expect(printed.filter((text) => text.includes(line))).toHaveLength(1);
  expect(printed.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
});

test('stores no password, session id or invitation token anywhere', async () => {
  const { rows } = await shop.database.query<{ text: string }>(
    `SELECT line || event::text AS text FROM whodunit.events
     UNION ALL SELECT u::text FROM shop.users u UNION ALL SELECT i::text FROM shop.invitations i`,
  );
  const stored = [readFileSync(auditFile, 'utf8'), ...printed, ...rows.map(({ text }) => text)].join('\n');
  const all = [...Object.values(PASSWORDS), '"wrong"', ...secrets.found];
  // Four sessions were begun, each with an id and its signature; one invitation was sent.
  expect(all.length).toBe(3 + 1 + 4 * 2 + 1);
  expect(all.filter((secret) => stored.includes(secret))).toEqual([]);
});

function the(action: string): AuditEvent {
  const event = events.find((one) => one.action === action);
  if (event === undefined) throw new Error(`There is no ${action}.`);
  return event;
}

function inShort({ actor, tenant, action, resource, outcome, reason }: AuditEvent) {
  const who = actor.email ?? `claims ${actor.claimed}`;
  const what = [resource?.type, resource?.id, resource?.name === actor.name ? undefined : resource?.name];
  return [who, tenant?.name, action, words(what), words([outcome, reason?.code])];
}

function words(list: readonly (string | undefined)[]): string {
  return list.filter((word) => word !== undefined).join(' ');
}
