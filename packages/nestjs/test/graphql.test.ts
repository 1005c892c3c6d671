import 'reflect-metadata';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import {
  Args,
  Field,
  GraphQLModule,
  GraphQLSchemaHost,
  ID,
  Mutation,
  ObjectType,
  Query,
  Resolver,
} from '@nestjs/graphql';
import { Audit, AuditInterceptor } from '@whodunit/nestjs';
import { graphql } from 'graphql';
import { ADAPTERS, closeApps, startApp } from './support/app';

@ObjectType()
class Order {
  @Field(() => ID) id!: string;
}

@Injectable()
class MemberGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { req } = context.getArgByIndex(2);
    const name: string | undefined = req.headers['x-user'];
    if (name === 'guest') throw new ForbiddenException();
    if (name !== undefined) req.user = { id: name };
    return true;
  }
}

@Resolver(() => Order)
@UseGuards(MemberGuard)
class OrdersResolver {
  @Query(() => Order)
  order(): Order {
    return { id: '7' };
  }
  @Mutation(() => Order)
  refundOrder(@Args('id', { type: () => ID }) id: string): Order {
    return { id };
  }
  @Mutation(() => Order)
  createOrder(): Order {
    return { id: 'o-1' };
  }
  @Mutation(() => Order)
  @UseInterceptors(AuditInterceptor)
  @Audit('order.ship', { resource: 'parcel', id: 'args.id' })
  send(@Args('id', { type: () => ID }) id: string): Order {
    return { id };
  }
  @Mutation(() => Order)
  cancelOrder(): Order {
    throw new TypeError('boom');
  }
}

afterEach(closeApps);

describe.each(ADAPTERS)('a GraphQL mutation over HTTP on %s', (_name, adapter) => {
  const ask = async (query: string, user = 'jane') => {
    const GraphQL = GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true });
    const { url, events } = await startApp({ adapter, imports: [GraphQL], providers: [OrdersResolver] });
    const headers = { 'content-type': 'application/json', 'x-user': user };
    const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return { answer: (await answer.json()) as unknown, events: await events() };
  };

  test('is one event that names it, with the actor that a guard left', async () => {
    const { events } = await ask('mutation { refundOrder(id: "7") { id } }');
    expect(events).toMatchObject([
      { action: 'order.refund', outcome: 'success', actor: { id: 'jane' }, resource: { type: 'order', id: '7' } },
    ]);
  });

  test('that creates has the id of the answer', async () => {
    const { events } = await ask('mutation { made: createOrder { id } }');
    expect(events).toMatchObject([{ action: 'order.create', resource: { type: 'order', id: 'o-1' } }]);
  });

  test('is what @Audit says, and still one event behind the interceptor', async () => {
    const { events } = await ask('mutation { send(id: "7") { id } }');
    expect(events).toMatchObject([{ action: 'order.ship', resource: { type: 'parcel', id: '7' } }]);
    expect(events).toHaveLength(1);
  });

  test('that fails is a failure although the answer is 200, and denied when a guard refuses', async () => {
    const failed = await ask('mutation { cancelOrder { id } }');
    expect(failed.events).toMatchObject([{ action: 'order.cancel', outcome: 'failure' }]);
    const denied = await ask('mutation { refundOrder(id: "7") { id } }', 'guest');
    expect(denied.events).toMatchObject([{ action: 'order.refund', outcome: 'denied', resource: { id: '7' } }]);
  });

  test('beside others is an event of its own below the first, with its own decorators', async () => {
    const { events } = await ask(
      'mutation { refundOrder(id: "7") { id } send(id: "8") { id } made: createOrder { id } }',
    );
    expect(events).toMatchObject([
      { action: 'order.refund', resource: { type: 'order', id: '7' } },
      { action: 'order.ship', outcome: 'success', resource: { type: 'parcel', id: '8' }, actor: { id: 'jane' } },
      { action: 'order.create', resource: { type: 'order', id: 'o-1' }, parent: events[0]?.id },
    ]);
    expect(events).toHaveLength(3);
    expect(new Set(events.map(({ request }) => request?.id)).size).toBe(1);
  });

  test('that failed keeps the ones before it a success; those behind it never ran', async () => {
    const { events } = await ask('mutation { refundOrder(id: "7") { id } cancelOrder { id } createOrder { id } }');
    expect(events.map(({ action, outcome, reason }) => [action, outcome, reason?.code])).toEqual([
      ['order.refund', 'success', undefined],
      ['order.cancel', 'failure', 'internal_server_error'],
      ['order.create', 'failure', 'not_run'],
    ]);
  });

  test('is told from a query, which is a read', async () => {
    const { answer, events } = await ask('{ order { id } }');
    expect(answer).toEqual({ data: { order: { id: '7' } } });
    expect(events).toEqual([]);
  });
});

test('a GraphQL mutation over a socket is one event behind the interceptor', async () => {
  const [, adapter] = ADAPTERS[0] ?? [];
  if (adapter === undefined) throw new Error('no adapter');
  const GraphQL = GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true });
  const { app, events } = await startApp({ adapter, imports: [GraphQL], providers: [OrdersResolver] });
  const { schema } = app.get(GraphQLSchemaHost);
  // A server of sockets runs operations like this, with the connection as context.
  const connection = { req: { headers: { 'x-user': 'jane' } } };
  const done = await graphql({ schema, source: 'mutation { send(id: "7") { id } }', contextValue: connection });
  expect(done.errors).toBeUndefined();
  expect(await events(1)).toMatchObject([
    { action: 'order.ship', actor: { id: 'jane' }, resource: { type: 'parcel', id: '7' }, capture: { by: 'nestjs' } },
  ]);
});
