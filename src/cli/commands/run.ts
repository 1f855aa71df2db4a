import { type Command, Option } from 'commander';
import { printable } from '#diagnostic';
import { GatewayFlow, type LoadedFlow, loadFlow, type QuarantinePolicy } from '#gateway';
import { colored, complain, EXIT, errorLine, fail, print, printFindings } from '../output.ts';
import { BUILT_INS, cacheDirectory } from '../paths.ts';
import { LiveView } from '../view.ts';
import { type ArtifactChoice, artifactOf, watchFlow } from './versions.ts';

export interface RunOptions extends ArtifactChoice {
  readonly listen: string[];
  readonly directory: string;
  readonly count?: string;
  readonly interval: string;
  readonly state?: string;
  readonly durable?: boolean;
  readonly quarantine: QuarantinePolicy;
  readonly snapshotMs: string;
  readonly snapshotRecords: string;
  readonly watch?: boolean;
  readonly probationMs: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addRun(command: Command): void {
  command
    .argument('<flow.json>', 'the flow document')
    .option('--listen <url...>', 'where drivers push to: tcp://HOST:PORT or ipc://PATH', ['tcp://127.0.0.1:5555'])
    .option('--node <file...>', 'nodes of your own (.wasm)')
    .option('--unfused', 'one instance per node instead of the fused module (slow; for looking into nodes)')
    .addOption(
      new Option('--clock <clock>', 'arrival: the gateway’s time; event: the drivers’ timestamps')
        .choices(['arrival', 'event'])
        .default('arrival'),
    )
    .option(
      '--state <dir>',
      'folder for snapshots, journal, dead letters, spools and recordings; taken up at the next start',
    )
    .option('--durable', 'journal the input: nothing that was read is lost, even by kill -9 (needs --state)')
    .addOption(
      new Option('--quarantine <policy>', 'what becomes of input while the flow is set aside because it keeps failing')
        .choices(['hold', 'spill', 'drop'])
        .default('hold'),
    )
    .option('--snapshot-ms <ms>', 'longest time between two snapshots', '10000')
    .option('--snapshot-records <n>', 'most records between two snapshots', '50000000')
    .option('--watch', 'deploy the flow again, live, when its file changes')
    .option(
      '--probation-ms <ms>',
      'a version deployed by --watch that keeps failing within this time is rolled back',
      '10000',
    )
    .option('--directory <dir>', 'where relative paths of file sinks start', '.')
    .option('--cache <dir>', 'cache of fused modules', cacheDirectory())
    .option('--count <n>', 'end after this many updates')
    .option('--interval <ms>', 'time between two views', '1000')
    .option('--json', 'print statistics as JSON lines')
    .option('--quiet', 'print nothing but problems')
    .addHelpText('after', '\nExample:\n  fusewire run examples/boiler-line/flow.json --listen tcp://127.0.0.1:5555')
    .action(async (file: string, options: RunOptions) => run(file, options).catch(fail));
}

async function run(file: string, options: RunOptions): Promise<void> {
  const flow = await loadFlow(file, BUILT_INS, options.node);
  if (flow.document === undefined) return refuse(flow.diagnostics, file);
  const loaded = await artifactOf(flow, options, options.quiet || options.json ? () => undefined : complain);
  if ('diagnostics' in loaded) return refuse(loaded.diagnostics, file);
  const live = process.stdout.isTTY === true && !options.json && !options.quiet;
  const view = new LiveView(live, colored(process.stdout));
  let end = (_code: number): void => undefined;
  const note = (text: string): void => (live ? view.note(text) : complain(printable(text)));
  const ended = new Promise<number>(resolve => (end = resolve));
  const gateway = new GatewayFlow(
    flow,
    loaded.artifact,
    {
      listen: options.listen,
      directory: options.directory,
      state: options.state ?? null,
      ...(options.durable && { durable: true }),
      quarantine: options.quarantine,
      snapshots: { snapshot_ms: Number(options.snapshotMs), snapshot_records: Number(options.snapshotRecords) },
    },
    {
      onLog: (level, text, node) => note(`${level}: ${node === null ? '' : `${node}: `}${text}`),
      onRecording: path => note(`info: recorded in ${path}; see it with: fusewire replay --step ${path}`),
      onDown: error => {
        complain(errorLine(error));
        end(EXIT.world);
      },
    },
  );
  await gateway.start();
  if (!options.quiet && !options.json) view.begin(flow.document.name, gateway.addresses, loaded.receipt);
  if (options.json) print(JSON.stringify({ listening: gateway.addresses }));
  const watching = options.watch ? watchFlow(file, gateway, options, note) : null;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(EXIT.ok));
  const timer = setInterval(() => {
    if (options.json) print(JSON.stringify(look(gateway)));
    else if (!options.quiet) view.show(gateway);
  }, Number(options.interval));
  const counting = options.count === undefined ? null : countdown(gateway, Number(options.count), () => end(EXIT.ok));
  const code = await ended;
  clearInterval(timer);
  if (counting) clearInterval(counting);
  watching?.();
  if (code === EXIT.ok) await gateway.stop();
  view.end();
  if (!options.quiet && !options.json)
    print(`stopped after ${gateway.stats().records.toLocaleString('en-US')} updates`);
  if (options.json) print(JSON.stringify({ stopped: true, ...look(gateway) }));
  process.exit(code);
}

/** What `--json` prints of a running flow. Latency: from the driver's timestamp until a sink had the output. */
const look = (gateway: GatewayFlow): object => ({
  ...gateway.stats(),
  sinks: gateway.sinks(),
  latency_us: {
    p50: gateway.latency.quantile(0.5),
    p99: gateway.latency.quantile(0.99),
    p999: gateway.latency.quantile(0.999),
  },
  rss_bytes: process.memoryUsage.rss(),
});

const COUNT_LOOK_MS = 20;

function countdown(gateway: GatewayFlow, count: number, done: () => void): NodeJS.Timeout {
  return setInterval(() => {
    const { records, malformed } = gateway.stats();
    // What no source of the flow wants does not reach it.
    if (records + malformed + gateway.ingest.stats().unmatched >= count) done();
  }, COUNT_LOOK_MS);
}

function refuse(diagnostics: LoadedFlow['diagnostics'], file: string): void {
  printFindings(diagnostics, file);
  process.exitCode = EXIT.flowWrong;
}
