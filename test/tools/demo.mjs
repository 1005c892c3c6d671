/** `npm run demo`: installs, builds and runs examples/shop; arguments go through, as in `npm run demo -- --once`. */
import { join } from 'node:path';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { foreground, insist, node, root } from './lib/run.mjs';

insist('Install', await install());
insist('Build', await build());
process.exitCode = await foreground(node(join(root, 'examples/shop/dist/main.js'), ...process.argv.slice(2)));
