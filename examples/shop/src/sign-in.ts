import type { Request, RequestHandler } from 'express';
import type { Session } from 'express-session';
import type { Database } from './database.js';
import { HttpError } from './http-error.js';

export type Role = 'owner' | 'manager' | 'clerk';

export const ROLES: readonly string[] = ['owner', 'manager', 'clerk'] satisfies Role[];

/** Who is signed in, and for which customer of the shop software: each sees its own products and orders only. */
export interface User {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly organizationId: number;
  readonly organizationName: string;
}

/** What the shop keeps on a request: the session has the id, the middleware reads the rest anew each time. */
interface SignedIn {
  readonly session: Session & { userId?: number };
  user?: User | undefined;
}

const USER = `SELECT u.id, u.email, u.name, u.role, o.id AS "organizationId", o.name AS "organizationName"
  FROM shop.users u JOIN shop.organizations o ON o.id = u.organization_id`;

export async function findUser(database: Database, id: number): Promise<User | undefined> {
  const { rows } = await database.query<User>(`${USER} WHERE u.id = $1`, [id]);
  return rows[0];
}

/** Middleware: `request.user` for whoever is signed in. */
export function loadUser(database: Database): RequestHandler {
  return async (request, _response, next) => {
    const { userId } = carrier(request).session;
    if (userId !== undefined) carrier(request).user = await findUser(database, userId);
    next();
  };
}

/** Begins a new session, so that nobody can be given one in advance. */
export async function signIn(request: Request, user: User): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    request.session.regenerate((error: unknown) => (error ? reject(error) : resolve()));
  });
  carrier(request).session.userId = user.id;
}

export async function signOut(request: Request): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    request.session.destroy((error: unknown) => (error ? reject(error) : resolve()));
  });
}

/** Whoever is signed in; 401 when nobody is. */
export function userOf(request: Request): User {
  const { user } = carrier(request);
  if (user === undefined) throw new HttpError(401, 'Sign in first.');
  return user;
}

/** Whoever is signed in, when the role is one of these; 403 otherwise. */
export function userWith(request: Request, ...roles: readonly Role[]): User {
  const user = userOf(request);
  if (!roles.includes(user.role)) throw new HttpError(403, `Only ${roles.join(' and ')} may do this.`);
  return user;
}

/** The types of Express and express-session leave these two members to the application. */
function carrier(request: Request): SignedIn {
  return request as unknown as SignedIn;
}
