import { AuditError } from '@whodunit/core';

/** The transaction of a call, as Prisma hands it to the callbacks of extensions. */
export interface Transaction {
  readonly kind: 'itx' | 'batch';
  readonly id: string | number;
}

/** What Prisma's calls return: it runs when it is awaited, or in the transaction that it is given. */
export interface LazyCall<T = unknown> extends PromiseLike<T> {
  requestTransaction?(transaction: Transaction): PromiseLike<T>;
  readonly spec?: { readonly action?: string; readonly model?: string } | undefined;
}

/** The methods of one model. */
export type Delegate = Readonly<Record<'findMany' | 'findUnique', (args: object) => LazyCall>>;

export interface DataModel {
  readonly models: Readonly<Record<string, DataModelOfOne>>;
}

export interface DataModelOfOne {
  readonly fields: readonly DataModelField[];
}

export interface DataModelField {
  readonly name: string;
  readonly kind: string;
  readonly type: string;
  readonly relationName?: string | undefined;
}

type Computed = Readonly<Record<string, { readonly needs: readonly string[] }>>;

/** What is used of a client, most of which is not in its types. */
export interface Client {
  $extends(extension: object): Client;
  $transaction(input: unknown, options?: unknown): Promise<unknown>;
  $queryRawUnsafe(sql: string, ...values: unknown[]): LazyCall;
  readonly _originalClient: { readonly _appliedParent: Client };
  readonly _createPrismaPromise: (callback: (transaction?: Transaction) => Promise<unknown>) => LazyCall;
  readonly _runtimeDataModel: DataModel;
  readonly _activeProvider: string;
  readonly _engineConfig: EngineConfig;
  readonly _globalOmit?: Readonly<Record<string, Readonly<Record<string, boolean>>>> | undefined;
  readonly _extensions: { getAllComputedFields(model: string): Computed | undefined };
}

interface EngineConfig {
  readonly inlineSchema: string;
  readonly accelerateUrl?: string | undefined;
  readonly adapter?: Adapter | null | undefined;
  readonly transactionOptions?: { readonly isolationLevel?: string | undefined } | undefined;
}

interface Adapter {
  readonly adapterName?: string | undefined;
  readonly options?: { readonly schema?: string | undefined } | undefined;
}

/** @throws AuditError when it is not a client, or one of a version whose inside is not known */
export function checkedClient(value: unknown): Client {
  const client = value as Client;
  const isKnown =
    typeof client?._createPrismaPromise === 'function' &&
    typeof client._engineConfig?.inlineSchema === 'string' &&
    typeof client._originalClient?._appliedParent?.$queryRawUnsafe === 'function' &&
    client._runtimeDataModel?.models !== undefined;
  if (isKnown) return client;
  throw new AuditError(
    'AUDIT_OPTION_INVALID',
    'auditPrisma() was given something that is not a Prisma client, or not one of version 6 or 7. Write `new PrismaClient(...).$extends(auditPrisma())`.',
  );
}

/** The same client without any extension: reads by it are what is stored. */
export function bareOf(client: Client): Client {
  return client._originalClient._appliedParent;
}

export function delegateOf(client: Client, name: string): Delegate {
  return (client as unknown as Readonly<Record<string, Delegate>>)[name] as Delegate;
}

/** The interactive transaction that a client stands for; `undefined` for one that is in none. */
export function transactionOf(client: Client): Transaction | undefined {
  let seen: Transaction | undefined;
  const call = client._createPrismaPromise((transaction) => {
    seen = transaction;
    return Promise.resolve();
  });
  call.then(undefined, () => undefined);
  return seen;
}

/** Runs a call in an interactive transaction, or by itself. */
export async function within<T>(call: LazyCall<T>, transaction: Transaction | undefined): Promise<T> {
  if (transaction?.kind !== 'itx' || call.requestTransaction === undefined) return call;
  return call.requestTransaction(transaction);
}
