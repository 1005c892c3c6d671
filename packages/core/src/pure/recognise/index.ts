export { answerKey, effectiveMethod } from './method.js';
export { singularOf } from './plurals.js';
export { recognise } from './recognise.js';
export { type Template, templateOf } from './template.js';
export type { RecogniseInput, Recognition, RecognitionKind } from './types.js';
export type { RecogniseMatch, RecogniseMeaning, RecogniseRule } from './user-rules.js';
export { withRules } from './with-rules.js';
export { wordsOf } from './words.js';
