/**
 * `npm run bench`: everything in one run, medians and ratios. `--json` prints one object. `--peers` brings other products
 * into .cache/peers and runs the same flow in them.
 */
import { benchCore, coreFlow, nodeBytes } from './core.ts';
import { benchEndToEnd } from './end-to-end.ts';
import { benchFusing } from './fusing.ts';
import { benchIngest } from './ingest.ts';
import { benchPeers } from './peers/index.ts';
import { benchRecorder } from './recorder.ts';
import { benchService } from './service.ts';
import { benchStudio } from './studio.ts';
import { benchSwap } from './swap.ts';

const json = process.argv.includes('--json');
const say = (text: string): void => void (json ? process.stderr : process.stdout).write(`${text}\n`);

say('core: fused, unfused, hand-written, chains …');
const core = await benchCore();
say('fusing: cold and cached …');
const fusing = benchFusing();
say('end to end: driver process → TCP → gateway → sinks …');
const endToEnd = await benchEndToEnd();
say('ingest: 1, 10 and 100 flows …');
const ingest = await benchIngest();
say('swap: versions change at 500,000 tags/s …');
const swap = await benchSwap();
say('recorder: checkpoints and retention, with and without …');
const recorder = await benchRecorder();
say('service: the gateway with its API, some ten minutes …');
const service = await benchService(say);
say('studio: the page in a browser …');
const studio = await benchStudio();
const peers = process.argv.includes('--peers') ? await benchPeers(coreFlow(), nodeBytes, say) : null;
const result = { core, ...fusing, ...endToEnd, ingest, swap, recorder, ...service, ...studio, ...(peers && { peers }) };
if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
else {
  for (const [group, values] of Object.entries(result)) {
    say(group);
    for (const [name, value] of Object.entries(values))
      say(`  ${name.padEnd(28)} ${value.toLocaleString('en-US', { maximumFractionDigits: 2 })}`);
  }
}
