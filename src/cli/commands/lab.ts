import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { ATTACKS, type AttackReport, runLab } from '#lab';
import { complain, EXIT, fail, number, print, printJson, table } from '../output.ts';
import { BUILT_INS, ROOT } from '../paths.ts';

interface LabCommandOptions {
  readonly seconds: number;
  readonly rate: number;
  readonly seed: number;
  readonly patience: number;
  readonly compileLimit: number;
  readonly cache?: string;
  readonly json?: boolean;
  readonly list?: boolean;
}

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('a number above 0.');
  return value;
};

export function addLab(command: Command): void {
  command
    .argument('[attack...]', 'names of attacks; none: all')
    .option('--seconds <n>', 'length of each of the phases before, during and after', positive, 3)
    .option('--rate <n>', 'updates a second of each driver', positive, 20_000)
    .option('--seed <n>', 'of the drivers’ values', positive, 1)
    .option('--patience <s>', 'an attack that is not contained by then is given up', positive, 150)
    .option('--compile-limit <s>', 'longest time to machine code for a hostile flow', positive, 120)
    .option('--cache <dir>', 'keep fused modules; without it, to be fused is a part of each attack')
    .option('--list', 'print the attacks, run none')
    .option('--json', 'print the results as JSON')
    .addHelpText(
      'after',
      '\nExit code 3: an attack was not contained, or a healthy flow lost something.\n\nExample:\n  fusewire lab endless-loop memory-bomb --seconds 5',
    )
    .action((attacks: string[], options: LabCommandOptions) => lab(attacks, options).catch(fail));
}

async function lab(names: string[], options: LabCommandOptions): Promise<void> {
  if (options.list) return list(options);
  const unknown = names.filter(name => !ATTACKS.some(one => one.name === name));
  if (unknown.length > 0) {
    complain(`unknown attacks: ${unknown.join(', ')}; see fusewire lab --list`);
    process.exitCode = EXIT.usage;
    return;
  }
  if (!buildNodes()) return;
  complain(`three drivers, ${number(options.rate)} updates a second each, seed ${options.seed}`);
  // An exit ends the gateway, which is no child of the terminal.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(EXIT.world));
  const { reports, unexplained } = await runLab({
    attacks: ATTACKS.map(one => one.name).filter(name => names.length === 0 || names.includes(name)),
    launcher: [...process.execArgv, process.argv[1]!],
    built_ins: BUILT_INS,
    nodes: join(ROOT, '.cache/lab-nodes'),
    cache: options.cache ?? null,
    rate: options.rate,
    seed: options.seed,
    phase_ms: options.seconds * 1_000,
    compile_ms_max: options.compileLimit * 1_000,
    patience_ms: options.patience * 1_000,
    onBegin: attack => complain(`${attack}: ${ATTACKS.find(one => one.name === attack)!.does} …`),
    onReport: ({ result }) => complain(`  ${outcome(result)}`),
  });
  if (options.json) printJson(reports.map(forMachines));
  else print(table(HEADER, reports.map(forPeople)));
  const held = reports.every(({ result }) => result?.containment && result.lost === 0);
  if (unexplained > 0)
    complain(`healthy flows: ${number(unexplained)} updates are missing that no attack accounts for`);
  process.exitCode = held && unexplained === 0 ? EXIT.ok : EXIT.world;
}

function list({ json }: LabCommandOptions): void {
  const rows = ATTACKS.map(({ name, node, does }) => ({ attack: name, node, does }));
  if (json) printJson(rows);
  else
    print(
      table(
        ['attack', 'node', 'does'],
        rows.map(row => Object.values(row)),
      ),
    );
}

/** The nodes are part of the source tree, and are built when they are needed. */
function buildNodes(): boolean {
  const flags = ['--conditions=fusewire-source', '--disable-warning=ExperimentalWarning'];
  const built = spawnSync(process.execPath, [...flags, join(ROOT, 'test/lab/build.mjs')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (built.status !== 0) process.exitCode = EXIT.world;
  return built.status === 0;
}

type Result = AttackReport['result'];
const fixed = (value: number): string => value.toFixed(2);
const ratio = (a: number, b: number): number => Math.round((a / b) * 1_000) / 1_000;
const milliseconds = (us: number): string => fixed(us / 1_000);

const outcome = (result: Result): string =>
  result === null
    ? 'NOT CONTAINED: the gateway ended or does not answer'
    : result.containment === null
      ? 'NOT CONTAINED'
      : `contained by ${result.containment.by} after ${number(result.containment.ms)} ms, lost ${result.lost} (${result.containment.words})`;

/** Ratios of during to before. A gateway that is gone does nothing any more: rate 0, and nobody knows what was lost. */
const forMachines = ({ attack, result }: AttackReport): object => ({
  attack,
  contained_by: result?.containment?.by ?? null,
  contained_ms: result?.containment ? Math.round(result.containment.ms * 10) / 10 : null,
  healthy_lost: result?.lost ?? null,
  healthy_rate_ratio: result ? ratio(result.during.rate, result.before.rate) : 0,
  healthy_p99_ratio: result ? ratio(result.during.p99_us, result.before.p99_us) : null,
});

const HEADER = [
  'attack',
  'contained by',
  'after ms',
  'lost',
  'rate before /s',
  'during ×',
  'after ×',
  'p99 before ms',
  'during ×',
  'after ×',
];

function forPeople({ attack, result }: AttackReport): string[] {
  if (!result) return [attack, 'NOT CONTAINED: no gateway left', '', '', '', '', '', '', '', ''];
  const { before, during, after, containment } = result;
  return [
    attack,
    containment?.by ?? 'NOT CONTAINED',
    containment ? number(containment.ms) : '',
    String(result.lost),
    number(before.rate),
    fixed(during.rate / before.rate),
    fixed(after.rate / before.rate),
    milliseconds(before.p99_us),
    fixed(during.p99_us / before.p99_us),
    fixed(after.p99_us / before.p99_us),
  ];
}
