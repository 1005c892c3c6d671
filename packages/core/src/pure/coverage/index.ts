export { type Coverage, coverageOf } from './coverage.js';
export type { CoverageGap } from './gaps.js';
export { coverageLine, type WriteGap } from './lines.js';
export type { ListedRoute, ToldByHandler } from './listed.js';
export type { RouteCoverage } from './row.js';
