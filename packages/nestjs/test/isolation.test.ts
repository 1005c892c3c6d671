import { randomInt, randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Injectable,
  Param,
  Put,
  Scope,
  UseGuards,
} from '@nestjs/common';
import { AuditService } from '@whodunit/nestjs';
import { ADAPTERS, closeApps, pause, startApp } from './support/app';

@Injectable()
class SlowGuard implements CanActivate {
  async canActivate(context: ExecutionContext) {
    const request = context.switchToHttp().getRequest();
    await pause(randomInt(10));
    const name: string = request.headers['x-user'];
    request.user = { id: name, tenantId: `tenant-${name}` };
    return true;
  }
}

class Wanderer {
  constructor(readonly audit: AuditService) {}

  /** Goes through everything that may lose an asynchronous context. */
  async wander(id: string) {
    await pause(randomInt(10));
    await new Promise((resolve) => setImmediate(resolve));
    const emitter = new EventEmitter();
    setTimeout(() => emitter.emit('done'), randomInt(10));
    await once(emitter, 'done');
    this.audit.scope()?.note('seen', id);
    this.audit.record({ action: 'wanderer.rest', resource: { type: 'wanderer', id } });
    await pause(randomInt(10));
    return { id };
  }
}

@UseGuards(SlowGuard)
@Controller('singles')
class SingleController extends Wanderer {
  constructor(audit: AuditService) {
    super(audit);
  }
  @Put(':id')
  update(@Param('id') id: string) {
    return this.wander(id);
  }
}

@UseGuards(SlowGuard)
@Controller({ path: 'scoped', scope: Scope.REQUEST })
class ScopedController extends Wanderer {
  constructor(audit: AuditService) {
    super(audit);
  }
  @Put(':id')
  update(@Param('id') id: string) {
    return this.wander(id);
  }
}

afterEach(closeApps);

describe.each(ADAPTERS)('on %s', (_name, adapter) => {
  test('200 requests at once keep their actors, tenants and notes apart', async () => {
    const { url, events } = await startApp({ adapter, controllers: [SingleController, ScopedController] });
    const names = Array.from({ length: 200 }, () => randomUUID());
    await Promise.all(
      names.map(async (name, i) => {
        const headers = { 'x-user': name, 'content-type': 'application/json' };
        const path = i % 2 === 0 ? 'singles' : 'scoped';
        const body = JSON.stringify({ name });
        const answer = await fetch(`${url}/${path}/${name}`, { method: 'PUT', headers, body });
        expect(await answer.json()).toEqual({ id: name });
      }),
    );
    const found = await events(400);
    expect(found).toHaveLength(400);
    for (const { actor, tenant, resource, metadata, request, action } of found) {
      const own = resource?.id;
      expect([actor.id, tenant?.id]).toEqual([own, `tenant-${own}`]);
      if (action !== 'wanderer.rest') expect(metadata?.['seen']).toBe(own);
      expect(request?.method).toBe('PUT');
    }
    expect(new Set(found.map(({ resource }) => resource?.id))).toEqual(new Set(names));
    expect(new Set(found.map(({ id }) => id)).size).toBe(400);
  }, 30_000);
});
