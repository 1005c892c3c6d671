/** Collects what the shop hands out and must keep to itself: session ids, their signatures, invitation tokens. */
export function secretsInAnswers() {
  const found = new Set<string>();
  const fetch = globalThis.fetch;
  const spy = jest.spyOn(globalThis, 'fetch').mockImplementation(async (...request) => {
    const response = await fetch(...request);
    for (const cookie of response.headers.getSetCookie()) {
      // connect.sid=s:<id>.<signature>
      const [, id, signature] = /=s:([^.]+)\.([^;]+)/.exec(decodeURIComponent(cookie)) ?? [];
      if (id !== undefined && signature !== undefined) found.add(id).add(signature);
    }
    const token = /"token":"([^"]+)"/.exec(await response.clone().text())?.[1];
    if (token !== undefined) found.add(token);
    return response;
  });
  return { found, stop: () => spy.mockRestore() };
}
