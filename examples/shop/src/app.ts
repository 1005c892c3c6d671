import { randomBytes } from 'node:crypto';
import type { Auditor } from '@whodunit/core';
import { audit } from '@whodunit/express';
import express, { type Express } from 'express';
import session from 'express-session';
import type { Database } from './database.js';
import { answerErrors } from './http-error.js';
import { accountRoutes } from './routes/account.js';
import { invitationRoutes } from './routes/invitations.js';
import { memberRoutes } from './routes/members.js';
import { orderRoutes } from './routes/orders.js';
import { productRoutes } from './routes/products.js';
import { loadUser } from './sign-in.js';

/** The shop. Nothing in it knows of whodunit but the one line below. */
export function shopApp(database: Database, auditor: Auditor): Express {
  const app = express();
  app.use(audit(auditor));
  app.use(express.json());
  app.use(
    session({
      secret: randomBytes(32).toString('hex'),
      resave: false,
      saveUninitialized: false,
      cookie: { httpOnly: true, sameSite: 'strict' },
    }),
  );
  app.use(loadUser(database));
  app.use(accountRoutes(database));
  app.use(memberRoutes(database));
  app.use(invitationRoutes(database));
  app.use(productRoutes(database));
  app.use(orderRoutes(database));
  app.use(answerErrors);
  return app;
}
