import 'reflect-metadata';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  type CanActivate,
  ConflictException,
  type ExecutionContext,
  ForbiddenException,
  type INestApplication,
  Inject,
  Injectable,
  Module,
  NotFoundException,
  SetMetadata,
  UnauthorizedException,
  ValidationPipe,
} from '@nestjs/common';
import { APP_GUARD, NestFactory, Reflector } from '@nestjs/core';
import {
  Args,
  Field,
  GqlExecutionContext,
  GraphQLModule,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
} from '@nestjs/graphql';
import { JwtModule, JwtService } from '@nestjs/jwt';
import type { Sink } from '@whodunit/core';
import { AuditModule } from '@whodunit/nestjs';
import { IsString, MinLength } from 'class-validator';

@ObjectType()
class Member {
  @Field(() => ID) id!: string;
  @Field() email!: string;
  @Field() role!: string;
  password!: string;
}

@ObjectType()
class Session {
  @Field() accessToken!: string;
  @Field() user!: Member;
}

@ObjectType()
class Loan {
  @Field(() => ID) id!: string;
  @Field() title!: string;
}

@InputType()
class LoanInput {
  @Field() @IsString() @MinLength(3) title!: string;
}

const Public = () => SetMetadata('public', true);
const Role = (role: string) => SetMetadata('role', role);

@Injectable()
class TokenGuard implements CanActivate {
  constructor(
    @Inject(JwtService) private readonly tokens: JwtService,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { req } = GqlExecutionContext.create(context).getContext();
    const token = String(req.headers.authorization ?? '').replace('Bearer ', '');
    req.user ??= await this.tokens.verifyAsync(token).catch(() => undefined);
    if (this.reflector.get('public', context.getHandler()) === true) return true;
    if (req.user === undefined) throw new UnauthorizedException();
    const role = this.reflector.get<string | undefined>('role', context.getHandler());
    if (role !== undefined && req.user.role !== role) throw new ForbiddenException();
    return true;
  }
}

@Resolver(() => Member)
class MembersResolver {
  readonly #members: Member[] = [];

  constructor(@Inject(JwtService) private readonly tokens: JwtService) {}

  @Role('librarian')
  @Query(() => [Member])
  members(): Member[] {
    return this.#members;
  }

  @Public()
  @Mutation(() => Session)
  register(@Args('email') email: string, @Args('password') password: string): Session {
    if (this.#members.some((member) => member.email === email)) throw new ConflictException();
    const role = this.#members.length === 0 ? 'librarian' : 'reader';
    const member = { id: `m-${this.#members.length + 1}`, email, password, role };
    this.#members.push(member);
    return this.#sessionOf(member);
  }

  @Public()
  @Mutation(() => Session)
  signIn(@Args('email') email: string, @Args('password') password: string): Session {
    const member = this.#members.find((each) => each.email === email && each.password === password);
    if (member === undefined) throw new UnauthorizedException();
    return this.#sessionOf(member);
  }

  @Role('librarian')
  @Mutation(() => Boolean)
  removeMember(@Args('memberId', { type: () => ID }) memberId: string): boolean {
    return this.#members.some(({ id }) => id === memberId);
  }

  @Mutation(() => Boolean)
  signOut(): boolean {
    return true;
  }

  #sessionOf(user: Member): Session {
    const { id: sub, email, role } = user;
    return { accessToken: this.tokens.sign({ sub, email, role, orgId: 'reading-room' }), user };
  }
}

@Resolver(() => Loan)
class LoansResolver {
  readonly #loans: Loan[] = [];

  @Query(() => [Loan])
  loans(): Loan[] {
    return this.#loans;
  }

  @Mutation(() => Loan)
  createLoan(@Args('input') input: LoanInput): Loan {
    const loan = { id: `l-${this.#loans.length + 1}`, title: input.title };
    this.#loans.push(loan);
    return loan;
  }

  @Mutation(() => Loan)
  renewLoan(@Args('id', { type: () => ID }) id: string): Loan {
    const loan = this.#loans.find((each) => each.id === id);
    if (loan === undefined) throw new NotFoundException();
    return loan;
  }

  @Role('librarian')
  @Mutation(() => Boolean, { nullable: true })
  deleteLoan(@Args('id', { type: () => ID }) id: string): boolean {
    return this.#loans.some((each) => each.id === id);
  }
}

/** A library behind GraphQL of Nest, at a path of its own. It has one line of audit: the import of the module. */
export async function library(sinks: readonly Sink[]): Promise<INestApplication> {
  @Module({
    imports: [
      AuditModule.forRoot({ sinks }),
      JwtModule.register({ secret: 'the-signing-key-of-the-library' }),
      GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true, path: '/query' }),
    ],
    providers: [{ provide: APP_GUARD, useClass: TokenGuard }, LoansResolver, MembersResolver],
  })
  class LibraryModule {}
  const app = await NestFactory.create(LibraryModule, { logger: false, abortOnError: false });
  app.useGlobalPipes(new ValidationPipe());
  await app.listen(0, '127.0.0.1');
  return app;
}
