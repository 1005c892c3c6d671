import express5 from 'express';
import express4 from 'express4';

/** Both majors, for describe.each. */
export const VERSIONS: readonly (readonly [string, typeof express5])[] = [
  ['Express 4', express4],
  ['Express 5', express5],
];
