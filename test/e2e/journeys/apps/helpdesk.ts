import { randomUUID } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import type { Sink } from '@whodunit/core';
import { audit } from '@whodunit/express';
import express, { type Express, type Request } from 'express';
import { buildSchema, GraphQLError } from 'graphql';
import { createHandler } from 'graphql-http/lib/use/express';
import jwt from 'jsonwebtoken';

interface Agent {
  readonly id: string;
  readonly email: string;
  password: string;
  readonly tenantId: string;
  role: string;
}

interface Ticket {
  readonly id: string;
  title: string;
  state: string;
}

interface Context {
  readonly caller: { readonly sub: string; readonly role: string } | undefined;
}

const SIGNING_KEY = 'the-signing-key-of-the-helpdesk';

const SCHEMA = buildSchema(`
  type Agent { id: ID!, email: String!, role: String!, tenantId: String! }
  type Session { token: String!, agent: Agent! }
  type Ticket { id: ID!, title: String!, state: String! }
  type Invitation { id: ID!, email: String! }
  type Problem { message: String! }
  type Closing { ticket: Ticket, userErrors: [Problem!]! }
  type ApiToken { id: ID!, secret: String! }
  input TicketInput { title: String!, note: String }
  type Query { tickets(state: String): [Ticket!]!, agents: [Agent!], me: Agent }
  type Mutation {
    signUp(email: String!, password: String!, tenant: String!): Session
    login(email: String!, password: String!): Session
    refreshToken(token: String!): String
    logout: Boolean
    createTicket(input: TicketInput!): Ticket
    updateTicket(id: ID!, input: TicketInput!): Ticket
    closeTicket(ticketId: ID!): Closing
    deleteTicket(id: ID!): Boolean
    inviteAgent(email: String!): Invitation
    acceptInvitation(token: String!, password: String!): Session
    assignRole(userId: ID!, role: String!): Agent
    createApiToken(name: String!): ApiToken
    revokeApiToken(id: ID!): Boolean
    requestPasswordReset(email: String!): Boolean
    changePassword(old: String!, new: String!): Boolean
  }
`);

/** What a journey must know that only mails do. */
export interface Helpdesk {
  readonly app: Express;
  /** Secrets of invitations, in the order in which they were sent. */
  readonly invited: readonly string[];
  close(): Promise<void>;
}

/** The servers of GraphQL that it runs on. */
export type GraphqlServer = 'Apollo' | 'graphql-http';

/** A helpdesk behind GraphQL. It has one line of audit. */
export async function helpdesk(sinks: readonly Sink[], server: GraphqlServer): Promise<Helpdesk> {
  const invited: string[] = [];
  const rootValue = resolvers(invited);
  const app = express();
  const auditing = audit({ sinks });
  app.use(auditing);
  app.use(express.json());
  app.use((req, _res, next) => {
    try {
      const token = req.headers.authorization?.replace('Bearer ', '') ?? '';
      Object.assign(req, { auth: jwt.verify(token, SIGNING_KEY) });
    } catch {
      // Resolvers say what strangers may do.
    }
    next();
  });
  app.get('/health', (_req, res) => void res.send('ok'));
  const contextOf = (req: unknown): Context => ({ caller: (req as Request & { auth?: Context['caller'] }).auth });
  if (server === 'Apollo') {
    const apollo = new ApolloServer<Context>({ schema: SCHEMA, rootValue, allowBatchedHttpRequests: true });
    await apollo.start();
    app.use('/graphql', expressMiddleware(apollo, { context: async ({ req }) => contextOf(req) }));
  } else {
    app.all('/graphql', createHandler({ schema: SCHEMA, rootValue, context: ({ raw }) => ({ ...contextOf(raw) }) }));
  }
  return { app, invited, close: () => auditing.auditor.close() };
}

function resolvers(invited: string[]) {
  const agents: Agent[] = [];
  const tickets: Ticket[] = [];
  const invitations = new Map<string, { readonly email: string; readonly tenantId: string }>();

  const refuse = (code: string): never => {
    throw new GraphQLError(`Sorry: ${code}`, { extensions: { code } });
  };
  const callerIn = ({ caller }: Context): Agent =>
    agents.find(({ id }) => id === caller?.sub) ?? refuse('UNAUTHENTICATED');
  const adminIn = (context: Context): Agent => {
    const agent = callerIn(context);
    return agent.role === 'admin' ? agent : refuse('FORBIDDEN');
  };
  const sessionOf = (agent: Agent) => {
    const { id: sub, email, role, tenantId } = agent;
    return { token: jwt.sign({ sub, email, role, tenantId }, SIGNING_KEY), agent };
  };
  const hire = (email: string, password: string, tenantId: string, role: string) => {
    if (agents.some((agent) => agent.email === email)) refuse('BAD_USER_INPUT');
    const agent = { id: `u-${agents.length + 1}`, email, password, tenantId, role };
    agents.push(agent);
    return sessionOf(agent);
  };
  type Args = Readonly<Record<string, string>>;
  type Input = { readonly id: string; readonly input: { readonly title: string } };
  const found = (id: string | undefined): Ticket => tickets.find((each) => each.id === id) ?? refuse('NOT_FOUND');

  return {
    tickets: () => tickets,
    me: (_: unknown, context: Context) => callerIn(context),
    agents: (_: unknown, context: Context) => adminIn(context) && agents,
    signUp: ({ email = '', password = '', tenant = '' }: Args) => hire(email, password, tenant, 'admin'),
    login({ email, password }: Args) {
      const agent = agents.find((each) => each.email === email && each.password === password);
      return sessionOf(agent ?? refuse('UNAUTHENTICATED'));
    },
    refreshToken: ({ token }: Args) => token,
    logout: (_: unknown, context: Context) => callerIn(context) !== undefined,
    createTicket({ input }: Input, context: Context) {
      callerIn(context);
      const ticket = { id: `t-${tickets.length + 1}`, title: input.title, state: 'open' };
      tickets.push(ticket);
      return ticket;
    },
    updateTicket: ({ id, input }: Input, context: Context) =>
      callerIn(context) && Object.assign(found(id), { title: input.title }),
    closeTicket({ ticketId }: Args, context: Context) {
      callerIn(context);
      const ticket = found(ticketId);
      if (ticket.state === 'closed') return { userErrors: [{ message: 'It is closed' }] };
      return { ticket: Object.assign(ticket, { state: 'closed' }), userErrors: [] };
    },
    deleteTicket: ({ id }: Args, context: Context) => adminIn(context) && found(id) !== undefined,
    inviteAgent({ email = '' }: Args, context: Context) {
      const { tenantId } = adminIn(context);
      const token = randomUUID();
      invitations.set(token, { email, tenantId });
      invited.push(token);
      return { id: `i-${invited.length}`, email };
    },
    acceptInvitation({ token = '', password = '' }: Args) {
      const { email, tenantId } = invitations.get(token) ?? refuse('NOT_FOUND');
      return hire(email, password, tenantId, 'agent');
    },
    assignRole({ userId, role }: Args, context: Context) {
      adminIn(context);
      return Object.assign(agents.find(({ id }) => id === userId) ?? refuse('NOT_FOUND'), { role });
    },
    createApiToken: (_: Args, context: Context) => adminIn(context) && { id: 'k-1', secret: `${randomUUID()}-api` },
    revokeApiToken: (_: Args, context: Context) => adminIn(context) !== undefined,
    requestPasswordReset: () => true,
    changePassword(args: Args, context: Context) {
      const agent = callerIn(context);
      if (agent.password !== args['old']) return refuse('BAD_USER_INPUT');
      agent.password = args['new'] ?? '';
      return true;
    },
  };
}
