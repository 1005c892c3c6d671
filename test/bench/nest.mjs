import 'reflect-metadata';
import { join } from 'node:path';
import { Body, Controller, Get, Module, Put } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AUDITOR, AuditModule } from '@whodunit/nestjs';
import { fileSink } from '@whodunit/sink-file';
import nestjsPino from 'nestjs-pino';
import pino from 'pino';
import { withFolder } from './lib/folder.mjs';
import { compareRequests, PROJECT, signedIn } from './lib/requests.mjs';

export default {
  title: 'One request on NestJS 11 on Express, added to the bare application',
  unit: 'µs CPU',
  rows: { 'nest-audited': { max: 0.7 }, 'nest-unaudited-get': { max: 0.25 } },
  processes: 5,

  measure: ({ quick }) =>
    withFolder(async (folder) => {
      const stream = pino.destination({ dest: join(folder, 'pino.log'), sync: false });
      const own = await application(
        AuditModule.forRoot({ service: 'shop', sinks: [fileSink(join(folder, 'audit.ndjson'))] }),
      );
      return compareRequests({
        applications: {
          bare: { listener: listenerOf(await application()) },
          again: { listener: listenerOf(await application()) },
          peer: { listener: listenerOf(await application(nestjsPino.LoggerModule.forRoot({ pinoHttp: { stream } }))) },
          own: { listener: listenerOf(own), flush: () => own.get(AUDITOR, { strict: false }).flush() },
        },
        names: { bare: 'bare', again: 'bare again (A/A)', peer: 'nestjs-pino to a file', own: 'whodunit to a file' },
        rows: { PUT: 'nest-audited', GET: 'nest-unaudited-get' },
        quick,
      });
    }),
};

async function application(...imports) {
  class Projects {
    update(body) {
      return { ...PROJECT, name: body.name };
    }

    read() {
      return PROJECT;
    }
  }
  // What TypeScript makes of decorators.
  decorate(Projects, 'update', Put(':id'), [Object]);
  decorate(Projects, 'read', Get(':id'), []);
  Body()(Projects.prototype, 'update', 0);
  Controller('projects')(Projects);
  class Application {}
  Module({ imports, controllers: [Projects] })(Application);
  const app = await NestFactory.create(Application, { logger: false });
  app.use(signedIn);
  return app.init();
}

function decorate(type, name, decorator, parameters) {
  Reflect.defineMetadata('design:paramtypes', parameters, type.prototype, name);
  decorator(type.prototype, name, Object.getOwnPropertyDescriptor(type.prototype, name));
}

const listenerOf = (app) => app.getHttpAdapter().getInstance();
