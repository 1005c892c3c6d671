import { createReadStream } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import {
  BadRequestException,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { ADAPTERS, closeApps, pause, READS, startApp, type TestApp } from './support/app';

interface Reply {
  readonly raw?: import('node:http').ServerResponse;
  hijack?(): void;
}

function rawOf(reply: Reply): import('node:http').ServerResponse {
  reply.hijack?.();
  return reply.raw ?? (reply as import('node:http').ServerResponse);
}

@Controller('orders')
class OrdersController {
  @Put(':id')
  success(@Param('id') id: string) {
    return { id };
  }
  @Patch(':id')
  errorStatus() {
    throw new BadRequestException();
  }
  @Post('thrown')
  thrown() {
    throw new Error('boom');
  }
  @Post('rejected')
  async rejected() {
    await pause(1);
    return Promise.reject(new TypeError('boom'));
  }
  @Post('slow')
  async slow() {
    await pause(300);
    return {};
  }
  @Post('never')
  never(@Req() req: { raw?: import('node:http').IncomingMessage } & import('node:http').IncomingMessage) {
    (req.raw ?? req).socket.setTimeout(50, function (this: import('node:net').Socket) {
      this.destroy();
    });
    return new Promise(() => undefined);
  }
  @Post('takeover')
  takeover(@Res() reply: Reply) {
    rawOf(reply).socket?.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
  }
  @Delete(':id')
  @HttpCode(204)
  noContent() {}
  @Get('unchanged')
  @HttpCode(304)
  notModified() {}
  @Get('stream')
  stream() {
    return new StreamableFile(createReadStream(__filename));
  }
  @Post('end')
  endOnly(@Res() reply: Reply) {
    const raw = rawOf(reply);
    raw.statusCode = 201;
    raw.end();
  }
  @Get(':id')
  read(@Param('id') id: string) {
    return { id };
  }
}

afterEach(closeApps);

describe.each(ADAPTERS)('on %s, exactly one event with the right outcome is made when a response', (_name, adapter) => {
  const start = () => startApp({ adapter, audit: READS, controllers: [OrdersController] });

  test.each([
    ['is a success', 'PUT', '/orders/7', 200, 'success', 'order.update'],
    ['has an error status', 'PATCH', '/orders/7', 400, 'failure', 'order.update'],
    ['follows a throw', 'POST', '/orders/thrown', 500, 'failure', undefined],
    ['follows a rejection', 'POST', '/orders/rejected', 500, 'failure', undefined],
    ['is 204', 'DELETE', '/orders/7', 204, 'success', 'order.delete'],
    ['is 304', 'GET', '/orders/unchanged', 304, 'success', undefined],
    ['is to HEAD', 'HEAD', '/orders/7', 200, 'success', 'order.read'],
    ['is a stream', 'GET', '/orders/stream', 200, 'success', undefined],
    ['is ended by hand', 'POST', '/orders/end', 201, 'success', undefined],
    ['finds no route', 'DELETE', '/nothing/7', 404, 'failure', 'nothing.delete'],
  ])('%s', async (_title, method, path, status, outcome, action) => {
    const one = await start();
    expect((await fetch(one.url + path, { method })).status).toBe(status);
    const [event, ...others] = await one.events(1);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ outcome, request: { method, status }, capture: { by: 'nestjs' } });
    if (action !== undefined) expect(event?.action).toBe(action);
  });

  test('does not reach a client that has gone', async () => {
    const one = await start();
    await leave(one);
    await expectUnknown(one, '/orders/slow');
  });

  test('never comes and the socket times out', async () => {
    const one = await start();
    await expect(fetch(`${one.url}/orders/never`, { method: 'POST' })).rejects.toThrow();
    await expectUnknown(one, '/orders/never');
  });

  test('is replaced by taking the socket over', async () => {
    const one = await start();
    await new Promise<void>((resolve, reject) => {
      const socket = connect(one.port, '127.0.0.1', () => {
        socket.write('POST /orders/takeover HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n');
      });
      socket
        .on('error', reject)
        .on('close', () => resolve())
        .resume();
    });
    await expectUnknown(one, '/orders/takeover');
  });
});

async function expectUnknown(one: TestApp, route: string): Promise<void> {
  const events = await one.events(1);
  await pause(350);
  expect(one.sink.events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    outcome: 'unknown',
    reason: { code: 'client_gone' },
    request: { route },
    source: { ip: '127.0.0.1' },
  });
}

function leave({ port }: TestApp): Promise<void> {
  return new Promise((resolve) => {
    const going = request({ port, host: '127.0.0.1', method: 'POST', path: '/orders/slow' });
    going.on('error', () => resolve()).end();
    setTimeout(() => going.destroy(), 80);
  });
}
