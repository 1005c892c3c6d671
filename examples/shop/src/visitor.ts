/** Somebody with a browser: keeps cookies, sends JSON, and insists on the answer that the journey is about. */
export interface Visitor {
  /** Sends a request; resolves to the body of the answer. Rejects when the status is not `expected`. */
  send<T = unknown>(method: string, path: string, expected: number, body?: object): Promise<T>;
}

export function visitor(url: string): Visitor {
  let cookie = '';
  return {
    async send<T>(method: string, path: string, expected: number, body?: object) {
      const headers = { ...(cookie !== '' && { cookie }), ...(body && { 'content-type': 'application/json' }) };
      const response = await fetch(`${url}${path}`, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
      });
      for (const given of response.headers.getSetCookie()) cookie = given.split(';', 1)[0] ?? '';
      const text = await response.text();
      if (response.status !== expected) {
        throw new Error(`${method} ${path} answered ${response.status} instead of ${expected}: ${text.slice(0, 200)}`);
      }
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
  };
}
