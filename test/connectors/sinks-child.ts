/** A process to be killed: writes to an MQTT sink from a sequence on, without end, and prints what is settled. */
import { openProbe, sleep } from './sinks-support.ts';

const [url, spool, from] = process.argv.slice(2);
const { sink, put } = await openProbe(null, 'mqtt', { url, topic: 'plant/tags' }, { directory: '.', spool: spool! });
for (let sequence = Number(from); ; sequence += 1) {
  await put(`message ${sequence}`, sequence);
  if (sequence % 100 !== 99) continue;
  await sleep(1);
  if (sink.settled > Number(from)) process.stdout.write(`${sink.settled}\n`);
}
