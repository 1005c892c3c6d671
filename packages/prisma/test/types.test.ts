import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate, type Version } from './support/generate';
import { MODELS } from './support/shop';

const VERSIONS: readonly Version[] = [6, 7];
const ROOT = join(__dirname, '..', '..', '..');

/** What the application writes; an unused `@ts-expect-error` is an error. */
const PROGRAM = `
import { auditPrisma } from '@whodunit/prisma';
import { Prisma, PrismaClient } from './client';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const yes = <T extends true>(): T | undefined => undefined;

export async function check(bare: PrismaClient) {
  const prisma = bare.$extends(auditPrisma({ models: { User: { fields: { name: 'mask' } } } }));

  const plain = await bare.user.findMany({ select: { email: true, posts: { select: { title: true } } } });
  const found = await prisma.user.findMany({ select: { email: true, posts: { select: { title: true } } } });
  yes<Equal<typeof found, typeof plain>>();
  yes<Equal<typeof found, { email: string; posts: { title: string }[] }[]>>();

  const made = await prisma.user.create({ data: { email: 'a' }, omit: { secret: true } });
  made.email satisfies string;
  // @ts-expect-error: it was left out
  made.secret;
  // @ts-expect-error: there is no such field
  await prisma.user.create({ data: { email: 'a', nothing: 1 } });

  const [changed, count] = await prisma.$transaction([
    prisma.user.update({ where: { id: 1 }, data: { name: 'n' } }),
    prisma.post.count(),
  ]);
  changed.name satisfies string | null;
  count satisfies number;
  const inside = await prisma.$transaction(async (tx) => tx.user.update({ where: { id: 1 }, data: {}, include: { posts: true } }));
  inside.posts satisfies { title: string }[];

  const both = prisma.$extends({ result: { user: { hi: { needs: { name: true }, compute: (user) => 'Hi ' + user.name } } } });
  (await both.user.findFirst())?.hi satisfies string | undefined;
  const after = bare.$extends({ model: { user: { mine: () => 1 } } }).$extends(auditPrisma());
  after.user.mine() satisfies number;
  const extension = Prisma.defineExtension((client) => client.$extends(auditPrisma()));
  bare.$extends(extension).user satisfies object;
  // @ts-expect-error: misspelt
  auditPrisma({ bulks: {} });
}
`;

test('clients of Prisma 6 and 7 keep their types', () => {
  const folders = VERSIONS.map((version) => join(generate(version, MODELS), '..'));
  for (const folder of folders) writeFileSync(join(folder, 'check.ts'), PROGRAM);
  const compilerOptions = {
    noEmit: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    typeRoots: [join(ROOT, 'node_modules', '@types')],
    paths: {
      '@whodunit/core/writes': [join(ROOT, 'packages/core/src/writes/index.ts')],
      '@whodunit/*': [join(ROOT, 'packages/*/src/index.ts')],
    },
  };
  const files = folders.map((folder) => join(folder, 'check.ts'));
  const config = join(folders[0] ?? '', 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, files }));
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', config], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
}, 120_000);
