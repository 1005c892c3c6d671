export { graphqlArguments, graphqlKeys } from './graphql-arguments.js';
export { answerKey } from './method.js';
export { singularOf } from './plurals.js';
export { recognise } from './recognise.js';
export { templateOf } from './template.js';
export type { CallPlace, RecogniseInput, Recognition } from './types.js';
export { withRules } from './with-rules.js';
export { typeOf, wordsOf } from './words.js';
