const WAITING_MAX = 1_000;

/** What is pushed to a listener, to be iterated over. It is pushed to until it is closed, or the signal says so. */
export interface Updates<T> extends AsyncIterable<T> {
  close(): void;
}

/** It listens at once: nothing is missed before the first step. Beyond a bound the oldest go. */
export function updates<T>(signal: AbortSignal, subscribe: (push: (value: T) => void) => () => void): Updates<T> {
  const waiting: T[] = [];
  let closed = false;
  let wake = (): void => undefined;
  const unsubscribe = subscribe(value => {
    waiting.push(value);
    if (waiting.length > WAITING_MAX) waiting.shift();
    wake();
  });
  const close = (): void => {
    closed = true;
    unsubscribe();
    signal.removeEventListener('abort', close);
    wake();
  };
  if (signal.aborted) close();
  else signal.addEventListener('abort', close);
  return {
    close,
    async *[Symbol.asyncIterator]() {
      while (!closed) {
        const value = waiting.shift();
        if (value !== undefined) yield value;
        else await new Promise<void>(resolve => (wake = resolve));
      }
    },
  };
}
