import type { RecogniseRule } from '@whodunit/core';
import { type RecogniseInput, recognise, withRules } from '../src/pure/recognise/index.js';

const input = (request: string, more: Partial<RecogniseInput> = {}): RecogniseInput => {
  const [method = '', route = ''] = request.split(' ');
  return { method, route, ...more };
};
/** A rule, written once: `then` in a literal looks like a promise to linters. */
const rule = (when: RecogniseRule['when'], meaning: RecogniseRule['then'], name?: string): RecogniseRule => ({
  ...(name === undefined ? {} : { name }),
  when,
  then: meaning,
});
const withRule = (...told: Parameters<typeof rule>) => withRules([rule(...told)]);

type Case = [when: RecogniseRule['when'], request: string, more: Partial<RecogniseInput>];

describe('rules of an application', () => {
  test.each<Case>([
    [{ route: '/tickets/:id/flow' }, 'POST /tickets/:id/flow', {}],
    [{ route: '/tickets/{id}/flow/' }, 'POST /Tickets/:id/flow', {}],
    [{ route: '/tickets/*' }, 'POST /tickets/:id/flow', {}],
    [{ route: ['/a', '*/flow'] }, 'POST /tickets/:id/flow', {}],
    [{ method: 'post' }, 'POST /tickets/:id/flow', {}],
    [{ method: ['PUT', 'POST'], route: '/tickets/*' }, 'POST /tickets/:id/flow', {}],
    [{ handler: 'TicketsController.*' }, 'POST /t', { handler: { controller: 'TicketsController', method: 'flow' } }],
    [{ bodyKeys: ['step', 'stage'] }, 'POST /tickets', { bodyKeys: ['title', 'stage'] }],
    [{ queryKeys: 'dry' }, 'POST /tickets', { queryKeys: ['dry'] }],
    [{ status: [202, 207] }, 'POST /tickets', { status: 202 }],
    [{ anonymous: false }, 'POST /tickets', { anonymous: false }],
    [{ anonymous: true }, 'POST /tickets', { anonymous: true }],
    [{ action: '*.create' }, 'POST /tickets', {}],
    [{ resource: 'ticket', action: ['ticket.read', 'ticket.create'] }, 'POST /tickets', {}],
    [{}, 'POST /anything', {}],
  ])('%j is for %s', (when, request, more) => {
    const seen = withRule(when, { action: 'ticket.escalate' })(input(request, more));
    expect(seen).toMatchObject({ action: 'ticket.escalate', kind: 'rule', event: true });
  });

  test.each<Case>([
    [{ route: '/tickets/:id' }, 'POST /tickets/:id/flow', {}],
    [{ method: 'PUT' }, 'POST /tickets', {}],
    [{ method: 'POST', route: '/orders' }, 'POST /tickets', {}],
    [{ handler: 'TicketsController.*' }, 'POST /tickets', {}],
    [{ bodyKeys: 'stage' }, 'POST /tickets', { bodyKeys: ['title'] }],
    [{ queryKeys: 'dry' }, 'POST /tickets', {}],
    [{ status: 202 }, 'POST /tickets', { status: 201 }],
    [{ anonymous: true }, 'POST /tickets', {}],
    [{ action: '*.delete' }, 'POST /tickets', {}],
    [{ resource: 'order' }, 'POST /tickets', {}],
  ])('%j is not for %s', (when, request, more) => {
    const asked = input(request, more);
    const seen = withRule(when, { action: 'ticket.escalate' })(asked);
    expect({ ...seen, varies: false }).toEqual({ ...recognise(asked), varies: false });
  });

  test('say what a request means, and leave the rest as it is', () => {
    const flow = input('POST /tickets/:id/flow');
    expect(withRule({ route: '/tickets/:id/flow' }, { action: 'ticket.escalate' })(flow)).toMatchObject({
      action: 'ticket.escalate',
      category: 'data',
      operation: 'execute',
      parent: { type: 'ticket', param: 'id' },
      why: 'the rule recognise[0] says so',
      varies: false,
    });
    const told = { category: 'config', operation: 'update', resource: 'ticket', idParam: 'id' } as const;
    expect(withRule({}, { ...told, action: 'Ticket Closed' }, 'flow')(flow)).toMatchObject({
      ...told,
      action: 'ticket_closed',
      why: 'the rule flow says so',
    });
  });

  test('take an id away, silence a request, or make it an event', () => {
    const close = input('POST /tickets/:id/close');
    expect(withRule({}, { idParam: null })(close).idParam).toBeUndefined();
    expect(withRule({}, { event: false })(close)).toMatchObject({ event: false, kind: 'silent' });
    const refresh = input('POST /auth/refresh');
    expect(recognise(refresh).event).toBe(false);
    expect(withRule({ action: 'auth.token_refresh' }, { event: true })(refresh)).toMatchObject({
      event: true,
      action: 'auth.token_refresh',
    });
  });

  test('the first that matches is the last word', () => {
    const told = withRules([rule({ route: '/a' }, { action: 'a.one' }), rule({ route: '/*' }, { action: 'a.two' })]);
    expect(told(input('POST /a')).action).toBe('a.one');
    expect(told(input('POST /b')).action).toBe('a.two');
  });

  test('an answer varies only where a rule for the same route looks at more', () => {
    const told = withRule({ route: '/tickets', bodyKeys: 'stage' }, { action: 'ticket.stage' });
    expect(told(input('POST /tickets', { bodyKeys: ['stage'] })).varies).toBe(true);
    expect(told(input('POST /tickets', { bodyKeys: ['title'] }))).toMatchObject({
      action: 'ticket.create',
      varies: true,
    });
    expect(told(input('POST /orders')).varies).toBe(false);
  });

  test('none at all are recognition itself', () => {
    expect(withRules([])).toBe(recognise);
  });

  test.each<[when: object, meaning: object, message: RegExp]>([
    [{ rout: '/a' }, { action: 'a.b' }, /recognise\[0\]\.when.*Did you mean `route`/],
    [{}, { acton: 'a.b' }, /Did you mean `action`/],
    [{}, {}, /says nothing/],
    [{ status: 99 }, { action: 'a.b' }, /`status` must be/],
    [{}, { operation: 'list' }, /`operation` must be one of/],
    [{}, { idParam: '' }, /non-empty string or null/],
  ])('%j with %j is refused', (when, meaning, message) => {
    expect(() => withRules([rule(when, meaning)])).toThrow(message);
  });

  test('a rule is an object with known members', () => {
    expect(() => withRules([{ ...rule({}, { event: false }), wen: {} } as RecogniseRule])).toThrow(
      'Did you mean `when`',
    );
    expect(() => withRules([{ name: 'x' } as unknown as RecogniseRule])).toThrow('recognise[0].when');
  });
});
