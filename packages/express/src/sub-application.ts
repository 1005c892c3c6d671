/**
 * The application behind what `app.use('/admin', admin)` puts on the stack: a function `mounted_app` of Express, which
 * alone knows it. Express gives a request the prototype of the application that it enters before anything of that
 * application runs; so a request that listens for this, and then has no path any more that a layer could match, learns
 * which one it is and runs nothing. `undefined` when it is not told.
 */
export function subApplicationIn(mounted: unknown): unknown {
  if (typeof mounted !== 'function' || mounted.name !== 'mounted_app') return undefined;
  let found: unknown;
  const known: Readonly<Record<string, unknown>> = { method: 'GET', query: {}, app: { request: { app: EMPTY } } };
  const request = new Proxy(
    {},
    {
      // Express 4 sets the prototype in the second layer of its own, so there is a path until then.
      get: (_request, name) => (name === 'url' ? (found === undefined ? '/' : undefined) : known[String(name)]),
      set: () => true,
      setPrototypeOf(_request, prototype) {
        found ??= prototype === null ? undefined : (Reflect.get(prototype, 'app') as unknown);
        throw new Error('whodunit has seen which application it is');
      },
    },
  );
  try {
    Reflect.apply(mounted, undefined, [request, { locals: {}, setHeader: () => undefined }, () => undefined]);
  } catch {
    // It was told, or never will be.
  }
  return found;
}

/** Express 4 passes on at once what comes to an application without routes, with the prototype that it had before. */
const EMPTY = Object.assign(() => undefined, { stack: [] });
