/** The `code` of a Node error, or `no code`. Reads the member alone: errors of another realm are no `instanceof Error`. */
export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'no code';
}
