import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  NotFoundException,
  Post,
  Put,
  Redirect,
  Res,
  StreamableFile,
} from '@nestjs/common';
import type { AuditorOptions, Sink } from '@whodunit/core';
import { ADAPTERS, closeApps, startApp } from './support/app';

@Controller('items')
class ItemsController {
  @Post()
  @Header('x-own', 'kept')
  create(@Body() body: unknown) {
    return { id: 'ö-1', body };
  }
  @Put(':id')
  text() {
    return 'grün';
  }
  @Delete(':id')
  @HttpCode(204)
  remove() {}
  @Get('stream')
  stream() {
    return new StreamableFile(Readable.from([Buffer.from([0, 255, 1]), Buffer.from('end')]));
  }
  @Post('login')
  @Redirect('/login?failed=1', 302)
  login() {}
  @Get('missing')
  missing() {
    throw new NotFoundException();
  }
  @Post('buffer')
  buffer(@Res() reply: { send(body: Buffer): unknown }) {
    reply.send(Buffer.from('{"a":1}'));
  }
  @Get()
  list() {
    return [{ id: 1 }];
  }
}

const SENT: readonly [method: string, path: string, body?: string][] = [
  ['POST', '/items', '{"name":"näh"}'],
  ['POST', '/items', '{'],
  ['PUT', '/items/1', '{}'],
  ['DELETE', '/items/1'],
  ['GET', '/items/stream'],
  ['POST', '/items/login', '{}'],
  ['GET', '/items/missing'],
  ['POST', '/items/buffer', '{}'],
  ['GET', '/items'],
  ['HEAD', '/items'],
  ['OPTIONS', '/items'],
  ['PUT', '/nowhere', '{}'],
];

const broken = (write: Sink['write']): AuditorOptions => ({
  sinks: [{ name: 'broken', idempotent: true, write }],
  dispatch: { maxWaitMs: 0, closeTimeoutMs: 50 },
  onError: () => undefined,
});

afterEach(closeApps);

describe.each(ADAPTERS)('on %s, every byte of the responses is the same as without whodunit', (_name, adapter) => {
  let plain: string[];

  beforeAll(async () => {
    plain = await sendAll(false);
    await closeApps();
  });

  const sendAll = async (audit: AuditorOptions | false): Promise<string[]> => {
    const { port } = await startApp({ adapter, audit, controllers: [ItemsController] });
    const answers: string[] = [];
    for (const [method, path, body] of SENT) answers.push(await exchange(port, method, path, body));
    return answers;
  };

  test.each([
    ['a sink that works', {}],
    ['a sink that rejects', broken(() => Promise.reject(new Error('down')))],
    [
      'a sink that throws',
      broken(() => {
        throw new Error('broken');
      }),
    ],
    ['a sink that hangs', broken(() => new Promise(() => undefined))],
  ])('with %s', async (_title, audit) => {
    expect(await sendAll(audit)).toEqual(plain);
  });
});

/** One exchange as bytes, without the time of day. */
async function exchange(port: number, method: string, path: string, body = ''): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  if (body !== '') head.push('Content-Type: application/json');
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  await once(socket, 'close');
  return Buffer.concat(chunks)
    .toString('latin1')
    .replace(/^date: .*\r\n/im, '');
}
