import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '#config';
import type { GatewayServer, Log } from '#server';
import { addConfigOptions, type ConfigOptions, loadFrom } from '../config-options.ts';
import { colored, complain, EXIT, fail, print, printFindings } from '../output.ts';
import { BUILT_INS, ROOT } from '../paths.ts';

interface Options extends ConfigOptions {
  readonly json?: boolean;
}

/** A process manager waits this much longer than flows may take, then kills. */
const LATE_MS = 15_000;

export function addServe(serve: Command): void {
  serve.option('--json', 'print where it listens as one line of JSON');
  addConfigOptions(serve)
    .addHelpText(
      'after',
      '\nExample:\n  fusewire serve --data data --listen 127.0.0.1:8480 --ingest tcp://127.0.0.1:5555\n\nEvery key of the configuration: docs/configuration.md',
    )
    .action((options: Options) => run(options).catch(fail));
}

async function run(options: Options): Promise<void> {
  const loaded = loadFrom(options);
  if ('diagnostics' in loaded) {
    printFindings(loaded.diagnostics, 'configuration');
    process.exit(EXIT.flowWrong);
  }
  const { config } = loaded;
  if (loaded.warnings.length > 0) printFindings(loaded.warnings, 'configuration');
  const { createLog, LogRing, startGateway } = await import('#server');
  const ring = new LogRing(config.limits.log_lines);
  const stopping = new AbortController();
  const asked = Promise.race((['SIGINT', 'SIGTERM'] as const).map(once));
  // It may come while it starts, which can take minutes.
  void asked.then(() => stopping.abort());
  const log = createLog({ ...config.log, ring, color: colored(process.stdout) });
  const setup = { config, built_ins: BUILT_INS, studio: join(ROOT, 'web/dist'), log, ring, signal: stopping.signal };
  const server = await startGateway(setup);
  if (!stopping.signal.aborted) announce(server, config, log, options);
  log.info(`${await asked}: stopping`);
  await stop(server, config.stop_ms + LATE_MS);
  log.info('stopped');
  process.exit(EXIT.ok);
}

function announce(server: GatewayServer, config: Config, log: Log, options: Options): void {
  log.info(`the API is at ${server.url}; drivers push to ${server.ingest.join(', ')}`, { data: config.data_directory });
  if (server.setup_token !== null)
    log.warn(
      `there is no user yet: make the first admin with: fusewire setup --url ${server.url} --token ${server.setup_token}`,
    );
  if (options.json) print(JSON.stringify({ url: server.url, ingest: server.ingest }));
}

const once = (signal: NodeJS.Signals): Promise<string> =>
  new Promise(resolve => process.once(signal, () => resolve(signal)));

/** Within a limit, or by force: at the next signal, and when something hangs. */
async function stop(server: GatewayServer, within_ms: number): Promise<void> {
  const late = setTimeout(() => {
    complain(`error: not stopped after ${within_ms / 1_000} s; what is not delivered is on disk`);
    process.exit(EXIT.world);
  }, within_ms);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(EXIT.world));
  await server.stop();
  clearTimeout(late);
}
