import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { type Diagnostic, GatewayError } from '#diagnostic';
import {
  type Golden,
  type GoldenFailure,
  type LoadedFlow,
  loadFlow,
  readGolden,
  runGolden,
  runGoldenBoth,
} from '#gateway';
import { complain, EXIT, fail, print, printFindings, printJson } from '../output.ts';
import { BUILT_INS, cacheDirectory } from '../paths.ts';
import { brief } from '../payload.ts';

interface TestFlags {
  readonly engine: string;
  readonly node?: string[];
  readonly json?: boolean;
}
interface Outcome {
  readonly file: string;
  readonly passed: boolean;
  readonly failures: readonly GoldenFailure[];
  readonly diagnostics: readonly Diagnostic[];
}

const SUFFIX = '.test.yaml';

export function addTest(command: Command): void {
  command
    .argument('<flow.json>')
    .argument(
      '[file...]',
      `tests; default: those beside the flow, named <flow>${SUFFIX} or <flow>.….test.yaml, or whose "flow" it is`,
    )
    .option('--engine <engine>', 'both, fused or unfused', 'both')
    .option('--node <file...>', 'nodes of your own (.wasm)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  fusewire test examples/boiler-line/flow.json')
    .action(async (flow: string, files: string[], flags: TestFlags) => {
      try {
        process.exitCode = await test(flow, files, flags);
      } catch (error) {
        fail(error);
      }
    });
}

async function test(file: string, named: readonly string[], flags: TestFlags): Promise<number> {
  if (!['both', 'fused', 'unfused'].includes(flags.engine)) {
    complain('--engine is both, fused or unfused');
    return EXIT.usage;
  }
  const flow = await loadFlow(file, BUILT_INS, flags.node);
  if (flow.document === undefined) {
    printFindings(flow.diagnostics, file);
    return EXIT.flowWrong;
  }
  const files = named.length > 0 ? named : testsOf(file);
  if (files.length === 0) {
    complain(`there is no test of ${file} beside it`);
    return EXIT.usage;
  }
  const outcomes: Outcome[] = [];
  for (const one of files) {
    const outcome = await run(flow, one, flags.engine);
    if (!flags.json) printOutcome(outcome);
    outcomes.push(outcome);
  }
  const failed = outcomes.filter(({ passed }) => !passed).length;
  if (flags.json) printJson({ passed: outcomes.length - failed, failed, tests: outcomes });
  else print(`${outcomes.length - failed} passed, ${failed} failed`);
  return failed > 0 ? EXIT.flowWrong : EXIT.ok;
}

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new GatewayError('file-not-found', file, (error as Error).message, error);
  }
};

/** Tests beside the flow that are its own. */
function testsOf(flow: string): string[] {
  const own = `${basename(flow).replace(/\.[^.]*$/, '')}.`;
  return readdirSync(dirname(flow))
    .filter(name => name.endsWith(SUFFIX))
    .sort()
    .map(name => join(dirname(flow), name))
    .filter(path => {
      const golden = readGolden(read(path));
      const meant = 'golden' in golden ? golden.golden.flow : undefined;
      return meant === undefined ? basename(path).startsWith(own) : resolve(dirname(path), meant) === resolve(flow);
    });
}

async function run(flow: LoadedFlow, file: string, engine: string): Promise<Outcome> {
  const golden = readGolden(read(file));
  const report = 'diagnostics' in golden ? golden : await play(flow, golden.golden, engine);
  if ('diagnostics' in report) return { file, passed: false, failures: [], diagnostics: report.diagnostics };
  const { passed, failures } = report;
  return { file, passed, failures, diagnostics: [] };
}

const play = (flow: LoadedFlow, golden: Golden, engine: string): ReturnType<typeof runGolden> =>
  engine === 'both'
    ? runGoldenBoth(flow, golden, { cache: cacheDirectory() })
    : runGolden(flow, golden, { fused: engine === 'fused', cache: cacheDirectory() });

function printOutcome({ file, passed, failures, diagnostics }: Outcome): void {
  print(`${passed ? 'ok  ' : 'FAIL'} ${file}`);
  if (diagnostics.length > 0) printFindings(diagnostics, file);
  for (const { where, expected, actual, message } of failures) {
    print(`  ${where}: ${brief(message, 1_000)}`);
    if (expected !== null) print(`    - ${shown(expected)}`);
    if (actual !== null) print(`    + ${shown(actual)}`);
  }
}

const shown = (value: unknown): string => brief(JSON.stringify(value) ?? 'nothing');
