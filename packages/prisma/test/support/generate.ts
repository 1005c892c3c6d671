import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

export type Version = 6 | 7;

const ROOT = join(__dirname, '..', '..');

interface Adapters {
  readonly PrismaPg: new (config: object) => object;
}

const TOOLS = {
  6: {
    cli: require.resolve('prisma6/package.json'),
    client: require.resolve('prisma6-client/package.json'),
    adapters: () => require('prisma6-adapter-pg') as Adapters,
    url: '  url = "postgresql://unused"\n',
  },
  7: {
    cli: require.resolve('prisma/package.json'),
    client: require.resolve('@prisma/client/package.json'),
    adapters: () => require('@prisma/adapter-pg') as Adapters,
    url: '',
  },
};

/**
 * Makes a client for these models, without a network: once for each text, in a folder that git ignores.
 *
 * @returns its folder
 */
export function generate(version: Version, models: string): string {
  const { cli, client, url } = TOOLS[version];
  const generator =
    'generator client {\n  provider = "prisma-client-js"\n  output = "./client"\n  engineType = "client"\n}\n';
  const schema = `${generator}datasource db {\n  provider = "postgresql"\n${url}}\n${models}`;
  const folder = join(ROOT, '.cache', `${version}-${createHash('sha256').update(schema).digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return join(folder, 'client');
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const draft = mkdtempSync(join(ROOT, '.cache', 'draft-'));
  mkdirSync(join(draft, 'node_modules', '@prisma'), { recursive: true });
  // The generator looks for both packages by their own names, side by side.
  const link = (from: string, to: string): void =>
    symlinkSync(realpathSync(dirname(from)), join(draft, 'node_modules', to));
  link(client, join('@prisma', 'client'));
  link(cli, 'prisma');
  // Of version 7: what a generated client needs besides.
  const utils = join(realpathSync(dirname(client)), '..', 'client-runtime-utils', 'package.json');
  if (existsSync(utils)) link(utils, join('@prisma', 'client-runtime-utils'));
  writeFileSync(join(draft, 'schema.prisma'), schema);
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', CHECKPOINT_DISABLE: '1' };
  const program = join(dirname(cli), 'build', 'index.js');
  execFileSync(process.execPath, [program, 'generate', '--schema', 'schema.prisma'], {
    cwd: draft,
    env,
    stdio: 'pipe',
  });
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another test was quicker.
    rmSync(draft, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return join(folder, 'client');
}

/** What the tests use of a generated client. */
export interface TestClient {
  $extends(extension: unknown): TestClient;
  $transaction<T>(work: (client: TestClient) => Promise<T>, options?: object): Promise<T>;
  $transaction(calls: readonly PromiseLike<unknown>[], options?: object): Promise<unknown[]>;
  $disconnect(): Promise<void>;
  $executeRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<number>;
  $queryRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<unknown>;
  $executeRaw(sql: TemplateStringsArray, ...values: unknown[]): PromiseLike<number>;
  $queryRaw(sql: TemplateStringsArray, ...values: unknown[]): PromiseLike<unknown>;
}

/** The methods of a model of a client. */
export function modelOf(client: TestClient, name: string): TestModel {
  return (client as unknown as Readonly<Record<string, TestModel>>)[name] as TestModel;
}

export type TestRow = Readonly<Record<string, unknown>>;

type Call<R> = (args?: object) => Promise<R>;

export interface TestModel {
  readonly create: Call<TestRow>;
  readonly createMany: Call<{ readonly count: number }>;
  readonly createManyAndReturn: Call<readonly TestRow[]>;
  readonly update: Call<TestRow>;
  readonly updateMany: Call<{ readonly count: number }>;
  readonly updateManyAndReturn: Call<readonly TestRow[]>;
  readonly upsert: Call<TestRow>;
  readonly delete: Call<TestRow>;
  readonly deleteMany: Call<{ readonly count: number }>;
  readonly findMany: Call<readonly TestRow[]>;
  readonly findUnique: Call<TestRow | null>;
  readonly count: Call<number>;
}

interface Generated {
  readonly PrismaClient: new (options: object) => TestClient;
}

/** What a generated client exports. */
export function generated(version: Version, models: string): Generated {
  return require(generate(version, models)) as Generated;
}

export function adapterOf(version: Version, url: string, max?: unknown): object {
  const { PrismaPg } = TOOLS[version].adapters();
  return new PrismaPg({ connectionString: url, max });
}

/** A client of a version on a database, with so many connections. */
export function connect(
  version: Version,
  models: string,
  url: string,
  { max, ...options }: Readonly<Record<string, unknown>> = {},
): TestClient {
  const { PrismaClient } = generated(version, models);
  return new PrismaClient({ adapter: adapterOf(version, url, max), ...options });
}
