import { type Command, InvalidArgumentError, Option } from 'commander';
import { PATTERNS, type Pattern, SIMULATE_DEFAULTS, simulate } from '#driver';
import { complain, fail, number, printJson } from '../output.ts';
import { whole } from '../whole.ts';

interface SimulateCommandOptions {
  readonly to: string;
  readonly rate: number;
  readonly tags: number;
  readonly count: number;
  readonly batch: number;
  readonly pattern: Pattern;
  readonly seed: number;
  readonly start: number | null;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

function instant(text: string): number {
  const us = /^\d+$/.test(text) ? Number(text) : Date.parse(text) * 1_000;
  if (!Number.isSafeInteger(us) || us <= 0)
    throw new InvalidArgumentError('a date like 2026-01-01T00:00:00Z, or µs since 1970.');
  return us;
}

export function addSimulate(command: Command): void {
  command
    .option('--to <url>', 'address of the gateway', 'tcp://127.0.0.1:5555')
    .option('--rate <n>', 'updates a second; 0: as fast as they are taken', whole(0), SIMULATE_DEFAULTS.rate)
    .option('--tags <n>', 'tags: temperature, pressure and motor of each cell', whole(1), SIMULATE_DEFAULTS.tags)
    .option('--count <n>', 'updates to send; 0: until Ctrl-C', whole(0), SIMULATE_DEFAULTS.count)
    .option('--batch <n>', 'updates per message', whole(1), SIMULATE_DEFAULTS.batch)
    .addOption(
      new Option('--pattern <name>', 'course of the values').choices(PATTERNS).default(SIMULATE_DEFAULTS.pattern),
    )
    .option('--seed <n>', 'same seed, same values', whole(0), SIMULATE_DEFAULTS.seed)
    .option('--start <time>', 'first timestamp, then evenly spaced: the same bytes each time', instant, null)
    .option('--quiet', 'print nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  fusewire simulate --to tcp://127.0.0.1:5555 --rate 50000')
    .action((options: SimulateCommandOptions) => run(options).catch(fail));
}

async function run(options: SimulateCommandOptions): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const began = performance.now();
  let shown = began;
  const onProgress = (sent: number): void => {
    if (options.quiet || options.json || performance.now() - shown < 1_000) return;
    shown = performance.now();
    complain(`${number(sent)} sent, ${number((sent / (shown - began)) * 1_000)} /s`);
  };
  const sent = await simulate({ ...options, start_us: options.start, signal: stop.signal, onProgress });
  const seconds = (performance.now() - began) / 1_000;
  if (options.json) printJson({ sent, seconds, per_second: sent / seconds });
  else if (!options.quiet) complain(`${number(sent)} updates in ${seconds.toFixed(1)} s, ${number(sent / seconds)} /s`);
}
