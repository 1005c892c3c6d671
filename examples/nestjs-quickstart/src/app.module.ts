import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { AuditModule } from '@whodunit/nestjs';
import { fileSink } from '@whodunit/sink-file';
import { ProjectsController } from './projects.controller.js';

@Module({
  imports: [
    AuditModule.forRoot({ service: 'projects', sinks: [fileSink(process.env['AUDIT_FILE'] ?? 'audit.ndjson')] }),
  ],
  controllers: [ProjectsController],
})
export class AppModule {}
