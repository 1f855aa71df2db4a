import { encodeTagBatch, encodeTagUpdate } from '#abi';
import { dialPush } from '#connectors';
import { frames } from './support/generate.ts';

const push = await dialPush('tcp://127.0.0.1:5615');
let seq = 0;
const u = (tag: string, value: number) =>
  encodeTagUpdate({
    tag,
    timestamp: Date.now() * 1000,
    seq: BigInt(++seq) as never,
    unit: '°C',
    value: { kind: 'double', value },
  });
const n = Number(process.argv[2] ?? 300);
const all: Uint8Array[] = [];
for (let i = 0; i < n; i++)
  all.push(
    u(
      `line${1 + (i % 3)}/oven${1 + (i % 4)}/${['speed', 'pressure', 'heat', 'e-stop'][i % 7 === 0 ? 3 : i % 3]}`,
      20 + Math.sin(i / 9) * 5,
    ),
  );
all.push(encodeTagBatch([u('line1/a', 1), u('line1/b', 2)]));
all.push(Buffer.from('no message'));
for (let i = 0; i < 20; i++) all.push(u('line2/oven3/heat', 180 + i / 3));
all.push(u('trip/line2/oven3', 1));
all.push(u('line1/after', 1));
await push.write(frames(all));
await new Promise(r => setTimeout(r, 800));
await push.close();
