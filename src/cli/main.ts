import { Command } from 'commander';
import { FUSER_VERSION } from '#abi';
import { addBench } from './commands/bench.ts';
import { addCheck } from './commands/check.ts';
import { addConfig } from './commands/config.ts';
import { addConvert } from './commands/convert.ts';
import { addDlq } from './commands/dlq.ts';
import { addFuse } from './commands/fuse.ts';
import { addInspect } from './commands/inspect.ts';
import { addLab } from './commands/lab.ts';
import { addPlan } from './commands/plan.ts';
import { addRecord } from './commands/record.ts';
import { addReplay } from './commands/replay.ts';
import { addRun } from './commands/run.ts';
import { addSimulate } from './commands/simulate.ts';
import { addTest } from './commands/test.ts';
import { addTry } from './commands/try.ts';
import { EXIT } from './output.ts';

const program = new Command('fusewire')
  .description(
    'Industrial edge gateway: fuses a graph of WebAssembly nodes into one module and runs tag updates through it.',
  )
  .version(FUSER_VERSION)
  .addHelpText('after', '\nExit codes: 0 ok, 1 the flow or the configuration is wrong, 2 usage, 3 the world failed.')
  .exitOverride(error => process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage));
for (const add of [
  addCheck,
  addConfig,
  addConvert,
  addFuse,
  addInspect,
  addPlan,
  addRun,
  addSimulate,
  addTry,
  addTest,
  addDlq,
  addRecord,
  addReplay,
  addBench,
  addLab,
])
  add(program);
await program.parseAsync();
