/** `npm run bench`: installs, builds and runs the benchmarks; arguments go through. */
import { join } from 'node:path';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { foreground, insist, node, root } from './lib/run.mjs';

insist('Install', await install());
insist('Build', await build());
process.exitCode = await foreground(node(join(root, 'test/bench/main.mjs'), ...process.argv.slice(2)));
