/** Measures one table once, in a process of its own. */
import { loadTable } from './tables.mjs';

const [name, mode] = process.argv.slice(2);
const table = await loadTable(name);
const lines = await table.measure({ quick: mode === 'quick' });
process.send(lines, () => process.exit(0));
