import {
  type ArgumentsHost,
  BadRequestException,
  Body,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestMiddleware,
  type NestModule,
  Param,
  ParseIntPipe,
  Post,
  Put,
  Scope,
  UnauthorizedException,
  UseFilters,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Audit } from '@whodunit/nestjs';
import { IsEmail } from 'class-validator';
import { ADAPTERS, closeApps, startApp } from './support/app';

/** Signs in whoever the header names, or refuses. */
@Injectable()
class HeaderGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    const name: string | undefined = request.headers['x-user'];
    if (name === undefined) throw new UnauthorizedException();
    request.user = { id: name, email: `${name}@example.com`, tenantId: 'acme' };
    if (name === 'guest') throw new ForbiddenException();
    return name !== 'visitor';
  }
}

@Injectable({ scope: Scope.REQUEST })
class RequestGuard extends HeaderGuard {}

class NewContact {
  @IsEmail() email!: string;
}

@Catch(HttpException)
class TeapotFilter implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost) {
    const response = host.switchToHttp().getResponse();
    (response.status ?? response.code).call(response, 418).send('{}');
  }
}

@Controller()
class ThingsController {
  @Put('things/:id')
  update(@Param('id', ParseIntPipe) id: number) {
    return { id };
  }
  @Post('contacts')
  create(@Body(new ValidationPipe()) contact: NewContact) {
    return { id: 'c-1', email: contact.email };
  }
  @Post('things/:id/steps')
  @Audit('thing.launch', { resource: 'thing', id: 'params.id' })
  launch() {
    return {};
  }
  @Put('filtered/:id')
  @UseFilters(TeapotFilter)
  filtered() {
    throw new BadRequestException();
  }
}

@UseGuards(HeaderGuard)
@Controller('guarded')
class GuardedController {
  @Put(':id')
  update() {
    return {};
  }
}

@Controller({ path: 'scoped', scope: Scope.REQUEST })
class ScopedController {
  @Put(':id')
  @Audit('scoped.touch')
  touch() {
    return {};
  }
}

const controllers = [ThingsController, GuardedController, ScopedController];
const put = (url: string, user?: string) =>
  fetch(url, { method: 'PUT', headers: user === undefined ? {} : { 'x-user': user } });

afterEach(closeApps);

describe.each(ADAPTERS)('on %s', (_name, adapter) => {
  test('the actor and the tenant are those that a guard left', async () => {
    const { url, events } = await startApp({ adapter, controllers });
    expect((await put(`${url}/guarded/7`, 'jane')).status).toBe(200);
    const [event] = await events(1);
    expect(event).toMatchObject({
      outcome: 'success',
      actor: { type: 'user', id: 'jane', email: 'jane@example.com' },
      tenant: { id: 'acme' },
    });
  });

  test.each([
    ['nobody', undefined, 401, 'anonymous', undefined],
    ['somebody who may not', 'guest', 403, 'user', 'guest'],
    ['somebody by returning false', 'visitor', 403, 'user', 'visitor'],
  ])('a guard that refuses %s is recorded as denied', async (_title, user, status, type, id) => {
    const { url, events } = await startApp({ adapter, controllers });
    expect((await put(`${url}/guarded/7`, user)).status).toBe(status);
    const [event, ...others] = await events(1);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      action: 'guarded.update',
      outcome: 'denied',
      reason: { code: `http_${status}` },
      resource: { id: '7' },
    });
    expect(event?.actor).toMatchObject({ type });
    expect(event?.actor.id).toBe(id);
  });

  test.each([
    ['an APP_GUARD', { providers: [{ provide: APP_GUARD, useClass: HeaderGuard }] }],
    ['a request-scoped APP_GUARD', { providers: [{ provide: APP_GUARD, useClass: RequestGuard }] }],
    [
      'a guard of main.ts',
      { configure: (app: { useGlobalGuards(guard: CanActivate): unknown }) => app.useGlobalGuards(new HeaderGuard()) },
    ],
  ])('decorators are known although %s refuses', async (_title, how) => {
    const { url, events } = await startApp({ adapter, controllers, ...how });
    expect((await fetch(`${url}/things/7/steps`, { method: 'POST' })).status).toBe(401);
    expect((await put(`${url}/scoped/7`)).status).toBe(401);
    const found = await events(2);
    expect(found.map((event) => [event.action, event.outcome])).toEqual([
      ['thing.launch', 'denied'],
      ['scoped.touch', 'denied'],
    ]);
    expect(found[0]?.resource).toEqual({ type: 'thing', id: '7' });
  });

  test('what a pipe refuses is a failure', async () => {
    const { url, events } = await startApp({ adapter, controllers });
    const headers = { 'content-type': 'application/json' };
    expect((await put(`${url}/things/none`)).status).toBe(400);
    const body = JSON.stringify({ email: 'nobody' });
    expect((await fetch(`${url}/contacts`, { method: 'POST', headers, body })).status).toBe(400);
    expect((await events(2)).map(({ action, outcome }) => [action, outcome])).toEqual([
      ['thing.update', 'failure'],
      ['contact.create', 'failure'],
    ]);
  });

  test('what a filter answers is what is recorded', async () => {
    const { url, events } = await startApp({ adapter, controllers });
    expect((await put(`${url}/filtered/7`)).status).toBe(418);
    expect(await events(1)).toMatchObject([{ outcome: 'failure', request: { status: 418, route: '/filtered/:id' } }]);
  });

  test('what a middleware of Nest answers is recorded, and runs in the scope', async () => {
    @Injectable()
    class Gatekeeper implements NestMiddleware {
      use(_request: unknown, response: import('node:http').ServerResponse) {
        response.statusCode = 429;
        response.end();
      }
    }
    @Module({})
    class GateModule implements NestModule {
      configure(consumer: MiddlewareConsumer) {
        consumer.apply(Gatekeeper).forRoutes(GuardedController);
      }
    }
    const { url, events } = await startApp({ adapter, controllers, imports: [GateModule] });
    expect((await put(`${url}/guarded/7`)).status).toBe(429);
    expect(await events(1)).toMatchObject([
      { action: 'guarded.update', outcome: 'failure', request: { status: 429, route: '/guarded/:id' } },
    ]);
  });

  test('a body that cannot be parsed is a failure', async () => {
    const { url, events } = await startApp({ adapter, controllers });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${url}/contacts`, { method: 'POST', headers, body: '{' })).status).toBe(400);
    expect(await events(1)).toMatchObject([{ action: 'contact.create', outcome: 'failure', request: { status: 400 } }]);
  });
});
