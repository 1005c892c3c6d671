import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { Body, Controller, Delete, Injectable, Module, Param, ParseIntPipe, Patch, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { InjectRepository, TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import type { AuditEvent } from '@whodunit/core';
import { AuditModule } from '@whodunit/nestjs';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import { memorySink } from '@whodunit/testing';
import { auditTypeorm } from '@whodunit/typeorm';
import request from 'supertest';
import { Column, DataSource, type DataSourceOptions, Entity, PrimaryGeneratedColumn, type Repository } from 'typeorm';

@Entity()
class Vehicle {
  @PrimaryGeneratedColumn() id!: number;
  @Column({ type: 'text', unique: true }) plate!: string;
  @Column({ type: 'int', default: 4 }) seats!: number;
}

@Entity()
class Inspection {
  @PrimaryGeneratedColumn() id!: number;
  @Column({ type: 'int' }) vehicleId!: number;
}

@Injectable()
class VehiclesService {
  constructor(
    @InjectRepository(Vehicle) private readonly vehicles: Repository<Vehicle>,
    private readonly source: DataSource,
  ) {}

  create(input: Partial<Vehicle>) {
    return this.vehicles.save(this.vehicles.create(input));
  }

  /** Two rows in one transaction: the vehicle of the route, and another. */
  async change(id: number, input: Partial<Vehicle>) {
    await this.source.transaction(async (manager) => {
      await manager.update(Vehicle, id, input);
      await manager.insert(Inspection, { vehicleId: id });
    });
    return this.vehicles.findOneByOrFail({ id });
  }

  remove(id: number) {
    return this.vehicles.delete(id);
  }
}

@Controller('vehicles')
class VehiclesController {
  constructor(private readonly vehicles: VehiclesService) {}

  @Post()
  create(@Body() input: Partial<Vehicle>) {
    return this.vehicles.create(input);
  }

  @Patch(':id')
  change(@Param('id', ParseIntPipe) id: number, @Body() input: Partial<Vehicle>) {
    return this.vehicles.change(id, input);
  }

  @Delete(':id')
  remove(@Param('id', ParseIntPipe) id: number) {
    return this.vehicles.remove(id);
  }
}

const entities = [Vehicle, Inspection];
const parts = { controllers: [VehiclesController], providers: [VehiclesService] };
const optionsOf = (url: string): TypeOrmModuleOptions => ({ type: 'postgres', url, entities, synchronize: true });

/** With the options in `forRoot`, the module that imports it audits what it is given. */
function byConstructor(url: string, sink: ReturnType<typeof memorySink>) {
  @Module({
    imports: [
      AuditModule.forRoot({ sinks: [sink] }),
      TypeOrmModule.forRoot(optionsOf(url)),
      TypeOrmModule.forFeature(entities),
    ],
    ...parts,
  })
  class AppModule {
    constructor(dataSource: DataSource) {
      auditTypeorm(dataSource);
    }
  }
  return AppModule;
}

/** With `forRootAsync`, whoever makes the data source. */
function byFactory(url: string, sink: ReturnType<typeof memorySink>) {
  @Module({
    imports: [
      AuditModule.forRoot({ sinks: [sink] }),
      TypeOrmModule.forRootAsync({
        useFactory: () => optionsOf(url),
        dataSourceFactory: async (options) => auditTypeorm(new DataSource(options as DataSourceOptions)),
      }),
      TypeOrmModule.forFeature(entities),
    ],
    ...parts,
  })
  class AppModule {}
  return AppModule;
}

const short = ({ action, changes = [], resource }: AuditEvent) =>
  `${action} ${resource?.type}/${resource?.id} ${changes.map(({ path }) => path).join(' ')}`.trim();

test.each([
  ['the constructor of its module', byConstructor],
  ['dataSourceFactory', byFactory],
])('a Nest application that audits TypeORM by %s tells rows in the event of their request', async (_name, make) => {
  const sink = memorySink();
  const app = await NestFactory.create(make(await createTestDatabase(), sink), new ExpressAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  const client = request(`http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`);

  await client.post('/vehicles').send({ plate: 'AC-1' }).expect(201);
  await client.patch('/vehicles/1').send({ seats: 7 }).expect(200);
  await client.patch('/vehicles/1').send({ plate: null }).expect(500);
  await client.delete('/vehicles/1').expect(200);
  await app.close();

  // What else changed in a request is told by itself, whenever it comes.
  const other = sink.events.find(({ action }) => action === 'inspection.create');
  const own = sink.events.filter((event) => event !== other);
  expect(own.map(short)).toEqual([
    'vehicle.create vehicle/1 /id /plate /seats',
    'vehicle.update vehicle/1 /seats',
    'vehicle.update vehicle/1',
    'vehicle.delete vehicle/1 /id /plate /seats',
  ]);
  const [, changed, failed] = own;
  expect(changed?.changes).toEqual([{ path: '/seats', op: 'replace', old: 4, new: 7 }]);
  expect(changed).toMatchObject({ diff: { fidelity: 'exact' }, outcome: 'success' });
  expect(other).toMatchObject({ parent: changed?.id, capture: { by: 'typeorm' }, resource: { id: '1' } });
  expect(failed).toMatchObject({ outcome: 'failure' });
});
