import type { ErrorRequestHandler } from 'express';

/** What a route throws to answer with a status. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Answers every error as JSON. What is not meant for the client is told to nobody but the terminal. */
export const answerErrors: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const status = statusOf(error);
  const message = status < 500 && error instanceof Error ? error.message : 'Something went wrong.';
  if (status >= 500) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  response.status(status).json({ error: message });
};

/** Also of what `express.json` throws. */
function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' ? status : 500;
}
