/** A process with a limit of its own: writes so many lines to a file sink, says how it goes, ends when all are written. */
import { openProbe, sleep } from './sinks-support.ts';

// Without a listener, a write beyond the limit ends the process instead of failing.
process.on('SIGXFSZ', () => undefined);
const [directory, count] = [process.argv[2]!, Number(process.argv[3])];
const { sink, put } = await openProbe(null, 'file', { path: 'full.txt' }, { directory });
let taken = 0;
const say = (): void => {
  const { retries, failed, online } = sink.state;
  process.stdout.write(`${JSON.stringify({ settled: sink.settled, taken, retries, failed, online })}\n`);
};
const timer = setInterval(say, 20);
for (; taken < count; taken += 1) await put(`line ${String(taken).padStart(7, '0')}\n`, taken);
while (sink.settled < count) await sleep(5);
await sink.close();
clearInterval(timer);
say();
