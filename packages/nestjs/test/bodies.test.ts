import {
  Body,
  Controller,
  Delete,
  Header,
  HttpCode,
  NotFoundException,
  Patch,
  Post,
  Put,
  Redirect,
} from '@nestjs/common';
import { type AuditEvent, eventLine } from '@whodunit/core';
import { ADAPTERS, closeApps, startApp } from './support/app';

const SECRET = 'Zk3vQ9xT2mWb7yR4nLc8PdGh';

/** What real applications do beside the plain routes. */
@Controller()
class ShopController {
  @Post('login')
  @HttpCode(200)
  login(@Body() { password }: { readonly password?: string }) {
    return password === 'right' ? { data: { user: { id: 'u-1' }, token: SECRET } } : { success: false };
  }
  @Post('form/login')
  @Redirect('/form/login?error=1', 302)
  form() {}
  @Post('projects')
  @Header('Location', '/projects/42')
  make() {}
  @Delete('tokens/:secret')
  @HttpCode(204)
  revoke() {}
  @Post('orders/refund')
  refund() {
    return {};
  }
  @Delete('orders')
  many() {
    return {};
  }
  @Patch('orders/:id')
  update() {
    return {};
  }
  @Put('orders/:id')
  hidden() {
    throw new NotFoundException();
  }
  @Patch('me')
  me() {
    return {};
  }
}

const controllers = [ShopController];

afterEach(closeApps);

describe.each(ADAPTERS)('on %s', (_name, adapter) => {
  const eventOf = async (route: string, body?: unknown, audit = {}): Promise<AuditEvent> => {
    const { url, events } = await startApp({ adapter, controllers, audit });
    const [method = '', path = ''] = route.split(' ');
    await fetch(url + path, {
      method,
      redirect: 'manual',
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const [event, ...others] = await events(1);
    expect(others).toEqual([]);
    expect(eventLine(event as AuditEvent)).not.toContain(SECRET);
    return event as AuditEvent;
  };

  test.each<[route: string, body: unknown, expected: object]>([
    ['POST /login', { email: 'j@example.com', password: 'right' }, { outcome: 'success', actor: { id: 'u-1' } }],
    ['POST /login', { email: 'j@example.com' }, { outcome: 'failure', actor: { claimed: 'j@example.com' } }],
    ['POST /form/login', { email: 'j@example.com' }, { outcome: 'failure', reason: { code: 'redirected_to_login' } }],
    [`DELETE /tokens/${SECRET}`, undefined, { resource: { type: 'token', id: expect.stringMatching(/^sha256:/) } }],
    ['POST /orders/refund', { orderId: 'o-1' }, { action: 'order.refund', resource: { type: 'order', id: 'o-1' } }],
    ['DELETE /orders', { ids: [1, 2] }, { metadata: { resources: { count: 2, ids: ['1', '2'] } } }],
    ['PATCH /orders/7', { deletedAt: '2026-01-01' }, { action: 'order.delete', operation: 'delete' }],
    [
      'PATCH /orders/7',
      [{ op: 'replace', path: '/password', value: SECRET }],
      { changes: [{ new: { $redacted: true }, op: 'replace', path: '/password' }] },
    ],
    ['PATCH /me', { name: 'Jane', password: SECRET }, { action: 'account.password_change' }],
  ])('%s with %j is told as on plain Express', async (route, body, expected) => {
    expect(await eventOf(route, body)).toMatchObject(expected);
  });

  test('a 404 for what the loader finds is a denial', async () => {
    const resources = { order: { load: () => ({ id: '7' }) } };
    expect(await eventOf('PUT /orders/7', {}, { resources })).toMatchObject({
      outcome: 'denied',
      reason: { code: 'hidden_by_404' },
    });
  });
});
