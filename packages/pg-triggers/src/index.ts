export { checkTriggers, type TriggerProblem } from './check.js';
export { bindContext } from './context.js';
export type { PgClient, PgPool, PgTriggersOptions, TableOptions, TriggerRegistry } from './options.js';
export { type PgTriggers, pgTriggers } from './pg-triggers.js';
export { triggersSql } from './sql.js';
