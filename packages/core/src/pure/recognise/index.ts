export { answerKey } from './method.js';
export { singularOf } from './plurals.js';
export { recognise } from './recognise.js';
export { templateOf } from './template.js';
export type { RecogniseInput, Recognition } from './types.js';
export { withRules } from './with-rules.js';
export { wordsOf } from './words.js';
