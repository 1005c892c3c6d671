import {
  AFTER_ID,
  AREAS,
  NOUN_OR_VERB,
  OPPOSITES,
  TOGGLES,
  VERBS_ALONE,
  VERBS_OF_PUT,
} from '../src/pure/recognise/ambiguous.js';
import { recognise, singularOf, templateOf, wordsOf } from '../src/pure/recognise/index.js';
import { NAMES } from '../src/pure/recognise/names.js';
import {
  ANALYSES,
  COUNTED,
  FILES,
  LISTS,
  PICTURES,
  SET_BY_POST,
  SINGLETONS,
  WHICH,
  WHOLE,
} from '../src/pure/recognise/nouns.js';
import { OBJECTS } from '../src/pure/recognise/objects.js';
import { phraseOf } from '../src/pure/recognise/phrases.js';
import { IRREGULAR, isPlural, SINGULAR_IN_S } from '../src/pure/recognise/plurals.js';
import { ASSETS, DOCUMENTS, FORMATS, LOCALES, PREFIXES } from '../src/pure/recognise/prefixes.js';
import { readRoute } from '../src/pure/recognise/route.js';
import {
  SENDERS,
  SILENT_ALONE,
  SILENT_FOLDERS,
  SILENT_PATHS,
  SILENT_WITH_FILES,
  TELEMETRY,
} from '../src/pure/recognise/silence.js';
import { SPELLINGS } from '../src/pure/recognise/spellings.js';
import { THINGS } from '../src/pure/recognise/things.js';
import { VERBS, verbOf } from '../src/pure/recognise/verbs.js';

const act = (method: string, route: string) => recognise({ method, route });

describe('words', () => {
  test.each([
    ['resetPassword', ['reset', 'password']],
    ['reset-password', ['reset', 'password']],
    ['reset_password', ['reset', 'password']],
    ['ResetTOTP', ['reset', 'totp']],
    ['OAuthClients', ['oauth', 'clients']],
    ['oAuthClients', ['oauth', 'clients']],
    ['unPinMessage', ['unpin', 'message']],
    ['projectsV2', ['projects']],
    ['2fa', ['2fa']],
    ['bulkcancel', ['bulk', 'cancel']],
    ['batchget', ['batch', 'get']],
    ['massage', ['massage']],
    ['changepassword', ['change', 'password']],
    ['createorder', ['create', 'order']],
    ['address', ['address']],
    ['settings', ['settings']],
    ['newsletter', ['newsletter']],
    ['addition', ['addition']],
    ['%20', ['20']],
    ['', []],
  ])('%s', (text, words) => expect(wordsOf(text)).toEqual(words));

  test.each([
    ['orders', 'order'],
    ['policies', 'policy'],
    ['addresses', 'address'],
    ['boxes', 'box'],
    ['branches', 'branch'],
    ['statuses', 'status'],
    ['heroes', 'hero'],
    ['keys', 'key'],
    ['releases', 'release'],
    ['status', 'status'],
    ['is', 'is'],
  ])('the singular of %s is %s', (word, singular) => expect(singularOf(word)).toBe(singular));

  test.each([...IRREGULAR])('the singular of %s is %s, once and for all', (plural, singular) => {
    expect(singularOf(plural)).toBe(singular);
    expect(singularOf(singular)).toBe(singular);
  });

  test.each([...SINGULAR_IN_S])('%s is no plural', (word) => expect(isPlural(word)).toBe(false));
});

describe('spellings', () => {
  test.each(SPELLINGS.map(([from, to, where]) => [from, to, where]))('%s means %s', (from, to, where) => {
    expect(phraseOf(readRoute(`/${from.replace(/ /g, '-')}`).parts)).toBe(`/${to}`);
    expect(phraseOf(readRoute(`/users/:id/${from.replace(/ /g, '_')}`).parts)).toBe(`/user/:/${to}`);
    if (where === 'alone') expect(phraseOf(readRoute(`/big-${from}`).parts)).toBe(`/big ${from}`);
  });
});

describe('the front and the end of a route', () => {
  test.each([...PREFIXES])('/%s is a prefix', (prefix) =>
    expect(act('POST', `/${prefix}/orders`).action).toBe('order.create'),
  );
  test.each([...LOCALES])('/%s is a language', (locale) =>
    expect(act('POST', `/${locale}/orders`).action).toBe('order.create'),
  );
  test.each([...FORMATS])('.%s is a format', (format) =>
    expect(act('POST', `/orders.${format}`).action).toBe('order.create'),
  );
  test.each([...DOCUMENTS])('.%s is an export', (ending) => {
    expect(act('GET', `/orders.${ending}`).action).toBe('order.export');
    expect(act('GET', `/orders/${ending}`).action).toMatch(/\.export$/);
    expect(act('GET', `/orders/:id/${ending}`).action).not.toMatch(/\.export$/);
  });
  test.each([...ASSETS])('.%s is an asset', (ending) => expect(act('GET', `/orders.${ending}`).event).toBe(false));
});

describe('silence', () => {
  test.each([...SILENT_PATHS])('/%s is silent', (name, what) => {
    expect(act('GET', `/api/${name.replace(' ', '-')}`)).toMatchObject({ event: false, action: `system.${what}` });
  });
  test.each([...SILENT_ALONE])('/%s is silent alone', (name, what) => {
    expect(act('GET', `/${name}`)).toMatchObject({ event: false, action: `system.${what}` });
    expect(act('GET', `/orders/:id/${name}`).event).toBe(true);
  });
  test.each([...SILENT_FOLDERS])('/%s/ is silent', (name, what) => {
    expect(act('GET', `/${name}/anything`)).toMatchObject({ event: false, action: `system.${what}` });
  });
  test.each([...SILENT_WITH_FILES])('a file in /%s/ is silent', (name) => {
    expect(act('GET', `/${name}/picture.png`).event).toBe(false);
  });
  test.each([...TELEMETRY])('a POST to /%s is a report of a machine on itself', (name) => {
    const route = `/devices/:id/${name.replace(' ', '-')}`;
    expect(act('POST', route)).toMatchObject({ event: false, action: 'system.telemetry' });
    expect(act('GET', route).event).toBe(true);
  });
  test.each([...SENDERS])('a webhook of %s is no event', (name) => {
    expect(act('POST', `/webhooks/${name}`)).toMatchObject({ event: false, action: 'system.webhook' });
    expect(act('POST', `/api/${name}/webhook`)).toMatchObject({ event: false, action: 'system.webhook' });
    expect(act('POST', `/shops/:id/webhooks/${name}`).event).toBe(true);
    expect(act('POST', '/payments/webhook').event).toBe(false);
    expect(act('POST', '/settings/webhook').event).toBe(true);
    expect(act('DELETE', `/webhooks/${name}`).event).toBe(true);
  });
});

describe('verbs', () => {
  const elsewhere = new Set(['impersonate', 'invite']); // rows of the table of flows
  test.each(VERBS.own.filter((verb) => !elsewhere.has(verb)))('%s is a verb of a product', (verb) => {
    const seen = act('POST', `/widgets/:id/${verb}`);
    expect(seen).toMatchObject({ kind: 'verb', action: `widget.${verb}`, idParam: 'id' });
  });
  test.each(['create', 'update', 'delete'] as const)('verbs of %s', (kind) => {
    for (const verb of VERBS[kind]) expect(act('POST', `/widgets/${verb}`).action).toBe(`widget.${kind}`);
  });
  test.each(['read', 'list'] as const)('verbs of %s, by POST', (kind) => {
    for (const verb of VERBS[kind]) expect([verb, act('POST', `/widgets/${verb}`).operation]).toEqual([verb, 'read']);
  });
  test.each([...NOUN_OR_VERB])('%s is a noun when it has a plural', (word) => {
    expect(act('POST', `/widgets/:id/${word}`).kind === 'crud' && verbOf(word) === 'own').toBe(false);
  });
  test.each([...VERBS_ALONE])('%s alone is a verb', (word) =>
    expect(act('POST', `/${word}`).action).not.toBe(`${word}.create`),
  );
  test.each([...OBJECTS].flatMap(([verb, objects]) => [...objects].map((object) => [verb, object] as const)))(
    '%s is a verb in front of %s, and a noun in front of most words',
    (verb, object) => {
      const seen = act('POST', `/widgets/${verb}-${object}`);
      const operation = verb === 'search' || verb === 'query' ? 'read' : 'execute';
      expect([seen.resource, seen.operation]).toEqual([singularOf(object), operation]);
      expect(act('POST', `/widgets/${verb}-gizmos`).action).toBe(`${verb}_gizmo.create`);
    },
  );
  test.each([...AREAS])('%s in front of a collection is a part of the product', (word) => {
    expect(act('POST', `/${word}/widgets`).action).toBe('widget.create');
    expect(act('POST', `/widgets/:id/${word}`).action).toBe(`widget.${word}`);
  });
  test.each([...VERBS_OF_PUT])('PUT of %s is a verb', (word) =>
    expect(act('PUT', `/widgets/:id/${word}`)).toMatchObject({ resource: 'widget', idParam: 'id' }),
  );
  test.each([...AFTER_ID])('%s is a verb behind an id, and a thing behind another', (word) => {
    expect(act('POST', `/widgets/:id/${word}`).resource).toBe(verbOf(word) === undefined ? word : 'widget');
    expect(act('POST', `/account/${word}`).action).toBe(`${word}.create`);
  });
  test.each([...TOGGLES])('DELETE takes %s back', (word) => {
    expect(act('DELETE', `/widgets/:id/${word}`).action).toBe(`widget.${OPPOSITES.get(word) ?? `un${word}`}`);
  });
  test.each([...OPPOSITES])('the opposite of %s is %s', (word, opposite) => {
    const state = `${word.replace(/e$/, '')}ed`;
    expect(act('DELETE', `/widgets/:id/${state}`).action).toBe(`widget.${opposite}`);
  });
  test.each([
    ['organise', 'own'],
    ['recompress', 'own'],
    ['unbind', 'own'],
    ['widget', undefined],
    ['orders', undefined],
  ])('%s is %s', (word, kind) => expect(verbOf(word)).toBe(kind));
});

describe('nouns', () => {
  test.each([...FILES])('POST to /%s takes a file', (word) =>
    expect(act('POST', `/widgets/:id/${word}`).action).toContain('upload'),
  );
  test.each([...PICTURES])('POST to /%s takes the picture, and PUT updates it', (word) => {
    expect(act('POST', `/widgets/:id/${word}`).action).toBe(`${word}.upload`);
    expect(act('PUT', `/widgets/:id/${word}`).action).toBe(`${word}.update`);
  });
  test.each([...COUNTED])('where nothing is named in the plural, /%s is a list', (word) => {
    expect(act('GET', `/backoffice/${word}`).action).toBe(`${word}.list`);
    expect(act('GET', `/backoffice/${word}/:id`).action).toBe(`${word}.read`);
    expect(act('GET', `/widgets/:id/${word}`).action).toBe(`${word}.read`);
  });
  test.each([...THINGS])('/%s of something is a thing, and no verb that nobody knows', (word) =>
    expect(act('POST', `/widgets/:id/${word}`)).toMatchObject({ action: `${word}.create`, kind: 'crud' }),
  );
  test.each([...ANALYSES])('a question about /%s has one answer', (word) =>
    expect(act('POST', `/${word}/widgets`)).toMatchObject({ action: 'widget.read', operation: 'read' }),
  );
  test.each([...WHOLE])('/%s of something is the list of it', (word) =>
    expect(act('GET', `/roster/${word}`).action).toBe('roster.list'),
  );
  test.each([...WHICH])('/%s behind a plural says which of them are listed', (word) => {
    expect(act('GET', `/widgets/${word}`).action).toBe('widget.list');
  });
  test.each([...LISTS])('/%s of one thing is a list', (word) =>
    expect(
      act('GET', `/widgets/:id/${word}`).operation === 'read' && act('GET', `/widgets/:id/${word}`).action,
    ).toMatch(/\.list$/),
  );
  test.each([...SINGLETONS])('/%s is one, wherever it stands', (word) => {
    for (const route of [`/shop/:id/bag/${word}`, `/widgets/:id/${word}`, `/widget/:id/${word}`]) {
      expect(act('GET', route).action).toMatch(/\.read$/);
    }
  });
  test.each([...SET_BY_POST])('POST to /%s sets it', (word) =>
    expect(act('POST', `/widgets/:id/${word}`).operation).toBe('update'),
  );
});

describe('names', () => {
  const rows = NAMES.flatMap(([resources, verbs, then]) =>
    resources.split(' ').flatMap((resource) => verbs.split(' ').map((verb) => [resource, verb, then] as const)),
  ).filter(([, verb]) => !verb.endsWith('_own'));
  const method = (verb: string) => (verb === 'delete' ? 'DELETE' : 'POST');
  test.each(rows)('%s and %s make %s', (resource, verb, then) => {
    const route =
      verb === 'delete'
        ? `/x/:x/${resource}s/:id`
        : verb === 'create'
          ? `/x/:x/${resource}s`
          : `/x/:x/${resource}s/:id/${verb}`;
    expect(act(method(verb), route).action).toBe(then);
  });
});

describe('templateOf', () => {
  test.each([
    ['/', '/', {}],
    ['/orders', '/orders', {}],
    ['/orders/17', '/orders/:id', { id: '17' }],
    ['/orders/17/items/9?x=1', '/orders/:id/items/:id2', { id: '17', id2: '9' }],
    ['/users/6f9619ff-8b86-d011-b42d-00c04fc964ff', '/users/:id', { id: '6f9619ff-8b86-d011-b42d-00c04fc964ff' }],
    ['/posts/507f1f77bcf86cd799439011', '/posts/:id', { id: '507f1f77bcf86cd799439011' }],
    ['/x/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/x/:id', { id: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }],
    ['/users/ada%40example.org', '/users/:id', { id: 'ada@example.org' }],
    ['/customers/cus_9s6XKzkNRiz8i3', '/customers/:id', { id: 'cus_9s6XKzkNRiz8i3' }],
    ['/issues/ABC-123', '/issues/:id', { id: 'ABC-123' }],
    ['/reset/Zm9vYmFyMTIzNDU2Nzg5MA', '/reset/:token', { token: 'Zm9vYmFyMTIzNDU2Nzg5MA' }],
    ['/verify-email/aB3x', '/verify-email/:token', { token: 'aB3x' }],
    ['/invitations/aB3x/accept', '/invitations/:token/accept', { token: 'aB3x' }],
    ['/tokens/v2', '/tokens/v2', {}],
    ['/tokens/7', '/tokens/:id', { id: '7' }],
    ['/reset/resetPassword', '/reset/resetPassword', {}],
    ['/invite/by-mail', '/invite/by-mail', {}],
    ['/two-factor/enable', '/two-factor/enable', {}],
    ['/v2/forgot-password', '/v2/forgot-password', {}],
    ['/internationalization-settings', '/internationalization-settings', {}],
    ['/%E0%A4%A', '/%E0%A4%A', {}],
    ['/orgs/acme/items/7', '/orgs/:id/items/:id2', { id: 'acme', id2: '7' }],
    ['/orgs/search', '/orgs/search', {}],
    [
      '/trpc/order.create,order.update,order.create,order.notify',
      '/trpc/order.create,order.update,order.create,order.notify',
      {},
    ],
    ['/trpc/Zm9vYmFyMTIzNDU2Nzg5MA', '/trpc/:id', { id: 'Zm9vYmFyMTIzNDU2Nzg5MA' }],
  ])('%s becomes %s', (path, route, params) => expect(templateOf(path)).toEqual({ route, params }));

  test('is bounded', () => {
    expect(templateOf('/a'.repeat(10_000)).route).toBe(`${'/a'.repeat(32)}/*`);
    expect(templateOf(`/${'a'.repeat(65_536)}`).route.length).toBeLessThan(16);
  });
});
