import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { signerOf } from '../../src/signature.js';
import { SECRET } from './writing.js';

/** One webhook, rightly signed unless a part says otherwise. */
export interface Webhook {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export function webhook(
  body: string | Buffer,
  parts: { readonly id?: string; readonly ageSeconds?: number; readonly secret?: string } = {},
): Webhook {
  const bytes = Buffer.from(body);
  const id = parts.id ?? `msg_${randomUUID()}`;
  const timestamp = String(Math.floor(Date.now() / 1000) - (parts.ageSeconds ?? 0));
  const signature = signerOf(parts.secret ?? SECRET)?.({ id, timestamp, body: bytes });
  if (signature === undefined) throw new Error('not a secret');
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  return { body: bytes, headers };
}

/** Sends it as it is and returns the answer. */
export function post(
  url: string,
  { body, headers }: Webhook,
  options: { readonly method?: string; readonly wire?: Buffer; readonly headers?: Record<string, string> } = {},
): Promise<{ readonly status: number; readonly text: string; readonly headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: options.method ?? 'POST', headers: { ...headers, ...options.headers }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, text, headers: response.headers });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(options.wire ?? body);
  });
}
