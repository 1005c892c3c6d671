/** Express 4 under a name of its own; its types differ in nothing that these tests use. */
declare module 'express4' {
  export { default } from 'express';
}
