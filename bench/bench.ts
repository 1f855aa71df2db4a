/** `npm run bench`: everything in one run, medians and ratios. `--json` prints one object. */
import { benchCore } from './core.ts';
import { benchEndToEnd } from './end-to-end.ts';
import { benchFusing } from './fusing.ts';

const json = process.argv.includes('--json');
if (process.argv.includes('--peers'))
  process.stderr.write('bench: comparison with other products is not part of this version\n');
const say = (text: string): void => void (json ? process.stderr : process.stdout).write(`${text}\n`);

say('core: fused, unfused, hand-written, chains …');
const core = await benchCore();
say('fusing: cold and cached …');
const fusing = benchFusing();
say('end to end: driver process → TCP → gateway → sinks …');
const endToEnd = await benchEndToEnd();
const result = { core, ...fusing, ...endToEnd };
if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
else {
  for (const [group, values] of Object.entries(result)) {
    say(group);
    for (const [name, value] of Object.entries(values))
      say(`  ${name.padEnd(28)} ${value.toLocaleString('en-US', { maximumFractionDigits: 2 })}`);
  }
}
