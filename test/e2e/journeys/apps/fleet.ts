import 'reflect-metadata';
import {
  type ArgumentsHost,
  Body,
  Catch,
  Controller,
  Delete,
  type ExceptionFilter,
  Get,
  HttpCode,
  type INestApplication,
  Module,
  NotFoundException,
  Param,
  ParseIntPipe,
  Patch,
  Post,
  StreamableFile,
  ValidationPipe,
  VERSION_NEUTRAL,
  VersioningType,
} from '@nestjs/common';
import { type AbstractHttpAdapter, APP_GUARD, HttpAdapterHost, NestFactory } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import type { Sink } from '@whodunit/core';
import { AuditModule } from '@whodunit/nestjs';
import { IsDateString, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { EntityNotFoundError, QueryFailedError, type Repository } from 'typeorm';
import { AuthController, Public, Role, TokenGuard, UsersController } from './fleet-auth';
import { Booking, Employee, Vehicle } from './fleet-entities';

class VehicleInput {
  @IsString() @Length(4, 12) plate!: string;
  @IsOptional() @IsInt() @Min(1) @Max(90) seats?: number;
}

class BookingInput {
  @IsDateString() day!: string;
}

@Controller({ path: 'health', version: VERSION_NEUTRAL })
class HealthController {
  @Public()
  @Get()
  look() {
    return { status: 'ok' };
  }
}

@Controller({ path: 'vehicles', version: '1' })
class VehiclesController {
  constructor(
    @InjectRepository(Vehicle) private readonly vehicles: Repository<Vehicle>,
    @InjectRepository(Booking) private readonly bookings: Repository<Booking>,
  ) {}

  @Get()
  list() {
    return this.vehicles.find();
  }

  @Role('manager')
  @Get('export')
  export() {
    return new StreamableFile(Buffer.from('id,plate\n'), { type: 'text/csv' });
  }

  @Post('search')
  @HttpCode(200)
  search(@Body() { plate }: { plate: string }) {
    return this.vehicles.findBy({ plate });
  }

  @Post()
  create(@Body() input: VehicleInput) {
    return this.vehicles.save(this.vehicles.create({ ...input }));
  }

  @Patch(':id')
  async update(@Param('id', ParseIntPipe) id: number, @Body() input: Partial<VehicleInput>) {
    const done = await this.vehicles.update(id, { ...input });
    if (done.affected === 0) throw new NotFoundException();
    return this.vehicles.findOneBy({ id });
  }

  @Post(':id/retire')
  @HttpCode(204)
  async retire(@Param('id', ParseIntPipe) id: number) {
    await this.vehicles.update(id, { retired: true });
  }

  @Role('manager')
  @Delete(':id')
  @HttpCode(204)
  async delete(@Param('id', ParseIntPipe) id: number) {
    await this.vehicles.delete(id);
  }

  @Post(':vehicleId/bookings')
  async book(@Param('vehicleId', ParseIntPipe) id: number, @Body() { day }: BookingInput) {
    const vehicle = await this.vehicles.findOneByOrFail({ id });
    return this.bookings.save(this.bookings.create({ vehicle, day }));
  }

  @Delete(':vehicleId/bookings/:bookingId')
  async cancel(@Param('bookingId', ParseIntPipe) id: number) {
    await this.bookings.delete(id);
  }
}

/** What the database refuses is the client's mistake. */
@Catch(QueryFailedError, EntityNotFoundError)
class DatabaseFilter implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: Error, context: ArgumentsHost): void {
    const status = error instanceof EntityNotFoundError ? 404 : 409;
    const { httpAdapter } = this.host;
    httpAdapter.reply(context.switchToHttp().getResponse(), { statusCode: status }, status);
  }
}

/** The fleets of several customers in Postgres. It has one line of audit: the import of the module. */
export async function fleet(
  sinks: readonly Sink[],
  adapter: AbstractHttpAdapter,
  database: string,
): Promise<INestApplication> {
  const entities = [Booking, Employee, Vehicle];
  @Module({
    imports: [
      AuditModule.forRoot({ sinks }),
      JwtModule.register({ secret: 'the-signing-key-of-the-fleet', signOptions: { expiresIn: '1h' } }),
      TypeOrmModule.forRoot({ type: 'postgres', url: database, entities, synchronize: true }),
      TypeOrmModule.forFeature(entities),
    ],
    controllers: [AuthController, HealthController, UsersController, VehiclesController],
    providers: [{ provide: APP_GUARD, useClass: TokenGuard }],
  })
  class FleetModule {}
  const app = await NestFactory.create(FleetModule, adapter, { logger: false, abortOnError: false });
  app.setGlobalPrefix('api', { exclude: ['health'] });
  app.enableVersioning({ type: VersioningType.URI });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
  app.useGlobalFilters(new DatabaseFilter(app.get(HttpAdapterHost)));
  await app.listen(0, '127.0.0.1');
  return app;
}
