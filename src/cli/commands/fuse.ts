import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { GatewayError } from '#diagnostic';
import { type FusedFlow, fusedFlow, loadFlow } from '#gateway';
import { bytes, EXIT, fail, print, printFindings, printJson } from '../output.ts';
import { BUILT_INS, cacheDirectory } from '../paths.ts';

interface FuseCommandOptions {
  readonly output: string;
  readonly node?: string[];
  readonly clock: 'arrival' | 'event';
  readonly cache: string;
  readonly json?: boolean;
}

export function addFuse(command: Command): void {
  command
    .argument('<flow.json>', 'the flow document')
    .requiredOption('-o, --output <file>', 'where the module goes')
    .option('--node <file...>', 'nodes of your own (.wasm)')
    .option('--clock <clock>', 'arrival: the gateway’s time; event: the drivers’ timestamps', 'arrival')
    .option('--cache <dir>', 'cache of fused modules', cacheDirectory())
    .option('--json', 'print the report as JSON')
    .addHelpText('after', '\nExample:\n  fusewire fuse examples/boiler-line/flow.json -o flow.wasm')
    .action(async (file: string, options: FuseCommandOptions) => fuseCommand(file, options).catch(fail));
}

async function fuseCommand(file: string, options: FuseCommandOptions): Promise<void> {
  const began = performance.now();
  const flow = await loadFlow(file, BUILT_INS, options.node);
  if (flow.document === undefined) return refuse(flow.diagnostics, file);
  const progress =
    process.stderr.isTTY && !options.json
      ? (phase: string) => void process.stderr.write(`\r\u001b[K${phase} …`)
      : () => undefined;
  const fused = await fusedFlow(flow, { clock: options.clock, cache: options.cache, onPhase: progress });
  if (process.stderr.isTTY && !options.json) process.stderr.write('\r\u001b[K');
  if ('diagnostics' in fused) return refuse(fused.diagnostics, file);
  try {
    writeFileSync(options.output, fused.wasm);
  } catch (error) {
    throw new GatewayError('file-unwritable', options.output, (error as Error).message, error);
  }
  const total_ms = Math.round(performance.now() - began);
  if (options.json)
    printJson({
      output: options.output,
      key: fused.key,
      cached: fused.cached,
      total_ms,
      report: fused.report,
    });
  else print(describe(options.output, fused, total_ms));
}

function refuse(diagnostics: Parameters<typeof printFindings>[0], file: string): void {
  printFindings(diagnostics, file);
  process.exitCode = EXIT.flowWrong;
}

function describe(output: string, { wasm, report, cached }: FusedFlow, total_ms: number): string {
  if (cached || !report) return `${output}: ${bytes(wasm.length)}, from the cache, ${total_ms} ms`;
  const phases = Object.entries(report.phases_ms).map(([phase, ms]) => `${phase} ${Math.round(ms)}`);
  return [
    `${output}: ${bytes(wasm.length)}, ${total_ms} ms`,
    `  nodes in        ${report.instances} instances of ${report.modules_in} modules, ${bytes(report.bytes_in)}`,
    `  boundary calls  ${report.boundary_calls_removed} removed`,
    `  phases (ms)     ${phases.join(', ')}`,
  ].join('\n');
}
