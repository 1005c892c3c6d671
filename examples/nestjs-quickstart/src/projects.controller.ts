import { Body, Controller, Delete, Get, NotFoundException, Param, Post, Put, UseGuards } from '@nestjs/common';
import { Audit, AuditReason } from '@whodunit/nestjs';
import { HeaderGuard } from './header.guard.js';

interface Project {
  readonly id: string;
  readonly name: string;
  readonly archived?: boolean;
}

/** Nothing in here knows of the audit trail, but for the one action that its route does not name. */
@Controller('projects')
@UseGuards(HeaderGuard)
export class ProjectsController {
  readonly #projects = new Map<string, Project>();

  @Get(':id')
  read(@Param('id') id: string): Project {
    const project = this.#projects.get(id);
    if (project === undefined) throw new NotFoundException();
    return project;
  }

  @Post()
  create(@Body() { name }: Project): Project {
    const project = { id: `p-${this.#projects.size + 1}`, name };
    this.#projects.set(project.id, project);
    return project;
  }

  @Put(':id')
  update(@Param('id') id: string, @Body() { name }: Project): Project {
    const project = { ...this.read(id), name };
    this.#projects.set(id, project);
    return project;
  }

  @Post(':id/steps')
  @Audit('project.close', { resource: 'project', id: 'params.id' })
  @AuditReason('body.reason')
  close(@Param('id') id: string): Project {
    const project = { ...this.read(id), archived: true };
    this.#projects.set(id, project);
    return project;
  }

  @Delete(':id')
  remove(@Param('id') id: string): void {
    this.read(id);
    this.#projects.delete(id);
  }
}
