import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  HttpCode,
  Inject,
  Injectable,
  Param,
  ParseIntPipe,
  Patch,
  Post,
  Put,
  Req,
  SetMetadata,
  UnauthorizedException,
  UnprocessableEntityException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { InjectRepository } from '@nestjs/typeorm';
import { IsEmail, IsIn, IsString, MinLength } from 'class-validator';
import type { Repository } from 'typeorm';
import { Employee } from './fleet-entities';

/** What a token of the fleet says. */
export interface Claims {
  readonly sub: number;
  readonly email: string;
  readonly tenantId: string;
  readonly role: string;
}

export const Public = () => SetMetadata('public', true);
export const Role = (role: string) => SetMetadata('role', role);

/** Lets in who has a token of ours, and who has the role that a handler asks for. */
@Injectable()
export class TokenGuard implements CanActivate {
  constructor(
    @Inject(JwtService) private readonly tokens: JwtService,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const asked = <T>(name: string) =>
      this.reflector.getAllAndOverride<T>(name, [context.getHandler(), context.getClass()]);
    if (asked<boolean>('public')) return true;
    const request = context.switchToHttp().getRequest();
    const token = String(request.headers.authorization ?? '').replace('Bearer ', '');
    const claims = await this.tokens.verifyAsync<Claims>(token).catch(() => {
      throw new UnauthorizedException();
    });
    request.user = claims;
    const role = asked<string>('role');
    if (role !== undefined && claims.role !== role) throw new ForbiddenException();
    return true;
  }
}

class Credentials {
  @IsEmail() email!: string;
  @IsString() @MinLength(8) password!: string;
}

class Registration extends Credentials {
  @IsString() tenantId!: string;
  @IsIn(['manager', 'driver']) role!: string;
}

class NewPassword {
  @IsString() current!: string;
  @IsString() @MinLength(8) next!: string;
}

class RoleChange {
  @IsIn(['manager', 'driver']) role!: string;
}

@Controller({ path: 'auth', version: '1' })
export class AuthController {
  constructor(
    @InjectRepository(Employee) private readonly employees: Repository<Employee>,
    @Inject(JwtService) private readonly tokens: JwtService,
  ) {}

  @Public()
  @Post('register')
  async register(@Body() registration: Registration) {
    const employee = await this.employees.save(this.employees.create({ ...registration }));
    return { ...publicly(employee), accessToken: this.#tokenOf(employee) };
  }

  @Public()
  @Post('login')
  @HttpCode(200)
  async login(@Body() { email, password }: Credentials) {
    const employee = await this.employees.findOneBy({ email, password });
    if (employee === null) throw new UnauthorizedException();
    return { accessToken: this.#tokenOf(employee), refreshToken: `${this.#tokenOf(employee)}-again` };
  }

  @Public()
  @Post('refresh')
  @HttpCode(200)
  refresh(@Body() { refreshToken }: { refreshToken: string }) {
    return { accessToken: refreshToken.replace('-again', '') };
  }

  @Patch('password')
  @HttpCode(204)
  async change(@Req() { user }: { user: Claims }, @Body() { current, next }: NewPassword) {
    const done = await this.employees.update({ id: user.sub, password: current }, { password: next });
    if (done.affected === 0) throw new UnprocessableEntityException('This is not your password');
  }

  @Post('logout')
  @HttpCode(204)
  logout() {}

  #tokenOf({ id, email, tenantId, role }: Employee): string {
    return this.tokens.sign({ sub: id, email, tenantId, role } satisfies Claims);
  }
}

@Controller({ path: 'users', version: '1' })
export class UsersController {
  constructor(@InjectRepository(Employee) private readonly employees: Repository<Employee>) {}

  @Role('manager')
  @Put(':id/role')
  async assign(@Param('id', ParseIntPipe) id: number, @Body() { role }: RoleChange) {
    const employee = await this.employees.findOneByOrFail({ id });
    return publicly(await this.employees.save({ ...employee, role }));
  }
}

function publicly({ id, email, tenantId, role }: Employee) {
  return { id, email, tenantId, role };
}
