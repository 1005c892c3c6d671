import { Body, Controller, HttpCode, Post, Put, Req, UnauthorizedException } from '@nestjs/common';
import { ADAPTERS, closeApps, startApp } from './support/app';

interface Credentials {
  readonly email: string;
  readonly password: string;
}

@Controller('auth')
class AuthController {
  @Post('login')
  @HttpCode(200)
  login(@Body() { email, password }: Credentials) {
    if (password !== 'right') throw new UnauthorizedException();
    return { access_token: 'x.y.z', user: { id: 'u-1', email } };
  }
  @Post('logout')
  logout(@Req() request: { user?: object | undefined }) {
    // A guard signed in whom this signs out.
    request.user = { id: 'u-1' };
    request.user = undefined;
    return {};
  }
  @Put('password')
  change(@Req() request: { user?: object }) {
    request.user = { id: 'u-1' };
    return {};
  }
}

const controllers = [AuthController];

afterEach(closeApps);

describe.each(ADAPTERS)('on %s', (_name, adapter) => {
  const start = async () => {
    const { url, events } = await startApp({ adapter, controllers });
    const headers = { 'content-type': 'application/json' };
    const send = (method: string, path: string, body: object) =>
      fetch(url + path, { method, headers, body: JSON.stringify(body) });
    return { send, events };
  };

  test('a login has the user that it answered', async () => {
    const { send, events } = await start();
    await send('POST', '/auth/login', { email: 'jane@example.com', password: 'right' });
    const found = await events(1);
    expect(found).toMatchObject([{ action: 'auth.login', outcome: 'success', actor: { type: 'user', id: 'u-1' } }]);
    expect(JSON.stringify(found)).not.toContain('right"');
  });

  test('a failed login has the identity that was claimed', async () => {
    const { send, events } = await start();
    await send('POST', '/auth/login', { email: 'jane@example.com', password: 'wrong' });
    expect(await events(1)).toMatchObject([
      { action: 'auth.login', outcome: 'failure', actor: { type: 'anonymous', claimed: 'jane@example.com' } },
    ]);
  });

  test('a logout has the user as he was', async () => {
    const { send, events } = await start();
    await send('POST', '/auth/logout', {});
    expect(await events(1)).toMatchObject([{ action: 'auth.logout', actor: { type: 'user', id: 'u-1' } }]);
  });

  test('a password that was changed is an event without the password', async () => {
    const { send, events } = await start();
    await send('PUT', '/auth/password', { password: 'hunter-22', next: 'hunter-23' });
    const found = await events(1);
    expect(found).toMatchObject([{ category: 'account', outcome: 'success', actor: { id: 'u-1' } }]);
    expect(JSON.stringify(found)).not.toContain('hunter');
  });
});
