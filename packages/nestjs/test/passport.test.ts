import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  HttpCode,
  Injectable,
  Param,
  Post,
  Put,
  Req,
  Res,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { ExpressAdapter } from '@nestjs/platform-express';
import { type AuditEvent, eventLine } from '@whodunit/core';
import { ExtractJwt, Strategy as FromJwt } from 'passport-jwt';
import { Strategy as FromForm } from 'passport-local';
import { ADAPTERS, closeApps, startApp } from './support/app';

const SECRET = 'signing-key-of-the-shop';
const PASSWORD = 'correct-horse-battery';
const JANE = { id: 'u-1', name: 'Jane', email: 'jane@example.com', tenantId: 'acme' };

interface WithUser {
  user?: typeof JANE | undefined;
}

/** The guard that the documentation of @nestjs/jwt teaches. */
@Injectable()
class TokenGuard implements CanActivate {
  constructor(private readonly jwt: JwtService) {}
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest();
    const [, token = ''] = (request.headers.authorization ?? '').split(' ');
    try {
      request.user = await this.jwt.verifyAsync(token);
    } catch {
      throw new UnauthorizedException();
    }
    return request.params.id !== 'forbidden';
  }
}

@Controller()
class TokenController {
  constructor(private readonly jwt: JwtService) {}
  @Post('auth/login')
  @HttpCode(200)
  async login(@Req() { body }: { readonly body: { readonly email: string; readonly password: string } }) {
    if (body.password !== PASSWORD) throw new UnauthorizedException();
    const { id: sub, ...claims } = JANE;
    return { access_token: await this.jwt.signAsync({ sub, ...claims }) };
  }
  @Put('projects/:id')
  @UseGuards(TokenGuard)
  update(@Param('id') id: string) {
    return { id };
  }
  @Post('auth/logout')
  @UseGuards(TokenGuard)
  logout(@Req() request: WithUser) {
    request.user = undefined;
  }
}

@Injectable()
class LocalStrategy extends PassportStrategy(FromForm) {
  constructor() {
    super({ usernameField: 'email' });
  }
  validate(email: string, password: string) {
    if (email !== JANE.email || password !== PASSWORD) throw new UnauthorizedException();
    return JANE;
  }
}

@Injectable()
class JwtStrategy extends PassportStrategy(FromJwt) {
  constructor() {
    super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: SECRET });
  }
  validate({ sub, name, email, tenantId }: Record<string, unknown>) {
    return { userId: sub, name, email, tenantId };
  }
}

/** Lets the strategy sign in, and refuses afterwards. */
@Injectable()
class NobodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest().params.id !== 'forbidden';
  }
}

@Controller()
class PassportController {
  constructor(private readonly jwt: JwtService) {}
  @Post('auth/login')
  @HttpCode(200)
  @UseGuards(AuthGuard('local'))
  login(@Req() { user }: WithUser) {
    const { id: sub, ...claims } = user as typeof JANE;
    return { access_token: this.jwt.sign({ sub, ...claims }) };
  }
  @Put('projects/:id')
  @UseGuards(AuthGuard('jwt'), NobodyGuard)
  update(@Param('id') id: string) {
    return { id };
  }
  @Post('auth/logout')
  @UseGuards(AuthGuard('jwt'))
  logout(@Req() request: WithUser, @Res({ passthrough: true }) response: { status(code: number): unknown }) {
    request.user = undefined;
    response.status(204);
  }
}

afterEach(closeApps);

const brief = ({ action, actor, outcome, resource }: AuditEvent) =>
  [action, outcome, actor.type, actor.id ?? actor.claimed ?? '-', resource?.id ?? '-'].join(' ');

const TRAIL = [
  'auth.login failure anonymous jane@example.com -',
  'auth.login success user u-1 -',
  'project.update success user u-1 7',
  'project.update denied user u-1 forbidden',
  'project.update denied anonymous - 7',
  'auth.logout success user u-1 -',
];

/** A whole visit, and the events of it. */
async function visit({ url, events }: Awaited<ReturnType<typeof startApp>>) {
  const send = (method: string, path: string, token?: string, body?: object) =>
    fetch(url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  await send('POST', '/auth/login', undefined, { email: JANE.email, password: 'wrong-horse' });
  const answer = await send('POST', '/auth/login', undefined, { email: JANE.email, password: PASSWORD });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  expect((await send('PUT', '/projects/7', token)).status).toBe(200);
  expect((await send('PUT', '/projects/forbidden', token)).status).toBe(403);
  expect((await send('PUT', '/projects/7', `${token}x`)).status).toBe(401);
  await send('POST', '/auth/logout', token);
  const found = await events(TRAIL.length);
  expect(found.map(eventLine).join('\n')).not.toMatch(/eyJ|horse/);
  return found;
}

describe.each(ADAPTERS)('on %s', (_name, adapter) => {
  test('@nestjs/jwt: a guard of your own signs in whom the token names', async () => {
    const imports = [JwtModule.register({ secret: SECRET, signOptions: { expiresIn: '1h' } })];
    const found = await visit(
      await startApp({ adapter, imports, controllers: [TokenController], providers: [TokenGuard] }),
    );
    expect(found.map(brief)).toEqual(TRAIL);
    expect(found[2]).toMatchObject({
      actor: { name: 'Jane', email: JANE.email, auth: { method: 'jwt' } },
      tenant: { id: 'acme' },
    });
  });
});

test('@nestjs/passport: the strategies for forms and for tokens sign in whom they validated', async () => {
  const imports = [PassportModule, JwtModule.register({ secret: SECRET, signOptions: { expiresIn: '1h' } })];
  const providers = [LocalStrategy, JwtStrategy];
  const adapter = () => new ExpressAdapter();
  const found = await visit(await startApp({ adapter, imports, providers, controllers: [PassportController] }));
  expect(found.map(brief)).toEqual(TRAIL);
  expect(found[1]?.actor).toMatchObject({ name: 'Jane', email: JANE.email });
  expect(found[2]?.tenant).toEqual({ id: 'acme' });
});

test.each(['user', 'currentUser', 'principal'])(
  '@nestjs/passport: the property %s of its options is where the user is',
  async (property) => {
    const imports = [PassportModule.register({ property }), JwtModule.register({ secret: SECRET })];
    @Controller('projects')
    class ProjectsController {
      @Put(':id')
      @UseGuards(AuthGuard('jwt'))
      update(@Req() request: object) {
        return { who: Reflect.get(request, property) !== undefined };
      }
    }
    const adapter = () => new ExpressAdapter();
    const { app, events, url } = await startApp({
      adapter,
      imports,
      providers: [JwtStrategy],
      controllers: [ProjectsController],
    });
    const token = app.get(JwtService).sign({ sub: 'u-1' });
    await fetch(`${url}/projects/7`, { method: 'PUT', headers: { authorization: `Bearer ${token}` } });
    expect((await events(1)).map(brief)).toEqual(['project.update success user u-1 7']);
  },
);
