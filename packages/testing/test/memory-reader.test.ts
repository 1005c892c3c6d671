import { memorySink, testReader } from '@whodunit/testing';

const delivery = { attempt: 1, signal: new AbortController().signal };

testReader({
  test,
  create() {
    const sink = memorySink();
    return {
      reader: sink,
      store: (events) => sink.write(events, delivery),
      dispose: () => sink.clear(),
    };
  },
});
