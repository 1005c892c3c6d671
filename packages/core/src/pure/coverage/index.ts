export { type Coverage, coverageOf, type WriteGap } from './coverage.js';
export type { CoverageGap } from './gaps.js';
export { coverageLine } from './lines.js';
export type { ListedRoute, ToldByHandler } from './listed.js';
export type { RouteCoverage } from './row.js';
