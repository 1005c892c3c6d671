/**
 * Runs steps in the order of their needs, at most `width` at a time, and reports each as it ends. A failed step stops
 * only the steps that need it; those are reported as failed without having run.
 */
export async function schedule(steps, { width = 2, report }) {
  const waiting = [...steps];
  const running = new Map();
  const ended = new Map();
  const end = (step, result) => {
    ended.set(step.name, result.ok);
    report(step, result);
  };
  while (waiting.length > 0 || running.size > 0) {
    for (const step of [...waiting]) {
      const broken = step.needs.find((need) => ended.get(need) === false);
      const ready = step.needs.every((need) => ended.has(need));
      const busy = running.size >= width || [...running.keys()].some((other) => other.alone);
      if (broken === undefined && (!ready || busy || (step.alone && running.size > 0))) continue;
      waiting.splice(waiting.indexOf(step), 1);
      if (broken === undefined) running.set(step, timed(step));
      else end(step, { ok: false, output: `Not run, because ${broken} failed.\n`, ms: 0 });
    }
    if (running.size === 0) continue;
    const { step, result } = await Promise.race(running.values());
    running.delete(step);
    end(step, result);
  }
}

async function timed(step) {
  const started = performance.now();
  const result = await step.run().catch((error) => ({ ok: false, output: `${error.stack}\n` }));
  return { step, result: { ...result, ms: performance.now() - started } };
}

/** The named steps and everything that they need, in order; all steps when nothing is named. */
export function select(steps, names) {
  const unknown = names.find((name) => !steps.some((step) => step.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no step ${unknown}. Steps: ${steps.map((step) => step.name).join(', ')}.`);
  }
  const wanted = new Set(names);
  for (const step of steps.toReversed()) if (wanted.has(step.name)) for (const need of step.needs) wanted.add(need);
  return names.length === 0 ? steps : steps.filter((step) => wanted.has(step.name));
}
