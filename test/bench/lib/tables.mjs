/** Every table of the benchmark, in the order in which it is measured. A new one is a file like its neighbours and a line here. */
export const TABLES = [
  'record',
  'recognise',
  'express',
  'nest',
  'slice',
  'file',
  'http',
  'postgres',
  'row',
  'rows',
  'triggers',
];

export const loadTable = async (name) => (await import(new URL(`../${name}.mjs`, import.meta.url))).default;
