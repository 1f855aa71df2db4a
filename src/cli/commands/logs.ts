import { type Command, Option } from 'commander';
import type { LogLineDto } from '#api';
import type { Client } from '#client';
import { printable } from '#diagnostic';
import { onGateway } from '../gateway/connect.ts';
import { paint, type Style } from '../grid.ts';
import { colored, complain, localTime, print, printJson } from '../output.ts';
import { whole } from '../whole.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const STYLES: Readonly<Record<LogLineDto['level'], Style | null>> = {
  debug: 'dim',
  info: null,
  warn: 'yellow',
  error: 'red',
};

interface LogsOptions {
  readonly follow?: boolean;
  readonly flow?: string;
  readonly level?: LogLineDto['level'];
  readonly lines: number;
  readonly json?: boolean;
}

export function addLogs(command: Command): void {
  command
    .option('-f, --follow', 'go on with what comes')
    .option('--flow <flow>', 'of this flow only')
    .addOption(new Option('--level <level>', 'of this level or above').choices(LEVELS))
    .option('-n, --lines <n>', 'so many of those that there are', whole(1, 500), 50)
    .addHelpText('after', '\nExample:\n  fusewire logs -f --flow boiler --level warn');
  onGateway<LogsOptions>(command, async ({ client, options }) => {
    const query = filterOf(options);
    const logs = await client.call('listLogs', { query: { ...query, limit: options.lines } });
    if (options.json && !options.follow) return printJson(logs);
    for (const line of logs.items) show(line, options);
    if (options.follow) await follow(client, logs.items.at(-1)?.seq ?? -1, options);
    else if (logs.items.length === 0) print('nothing was logged');
  });
}

const filterOf = ({ flow, level }: LogsOptions) => ({
  ...(flow !== undefined && { flow }),
  ...(level !== undefined && { level }),
});

/** Lines as they come, none twice; those that came while the connection was away are asked for. */
async function follow(client: Client, seen: number, options: LogsOptions): Promise<void> {
  let last = seen;
  const take = (lines: readonly LogLineDto[]): void => {
    for (const line of lines) {
      if (line.seq <= last) continue;
      last = line.seq;
      if (wanted(line, options)) show(line, options);
    }
  };
  const catchUp = async (): Promise<void> => {
    const query = { ...filterOf(options), limit: 500, ...(last >= 0 && { after: last }) };
    take((await client.call('listLogs', { query })).items);
  };
  let missed = false;
  const onConnection = (up: boolean): void => {
    complain(up ? 'connected again' : 'the connection is lost; trying again');
    missed ||= up;
  };
  // Beside the logs, status: the first event says that the stream is open, and what came before it can be asked for.
  const query = { logs: 'true', status: 'true', interval_ms: 1_000 } as const;
  let open = false;
  for await (const event of client.events('events', { query, onConnection })) {
    if (!open || missed) await catchUp();
    open = true;
    missed = false;
    if (event.type !== 'logs') continue;
    if (event.dropped > 0) await catchUp();
    take(event.lines);
  }
}

const wanted = (line: LogLineDto, { flow, level }: LogsOptions): boolean =>
  (flow === undefined || line.flow === flow) &&
  (level === undefined || LEVELS.indexOf(line.level) >= LEVELS.indexOf(level));

function show(line: LogLineDto, { json }: LogsOptions): void {
  if (json) return print(JSON.stringify(line));
  const color = colored(process.stdout);
  const from = [line.flow, line.node].filter(Boolean).join('/');
  print(
    `${paint('dim', localTime(line.time), color)} ${paint(STYLES[line.level], line.level.padEnd(5), color)} ${from ? `${paint('cyan', printable(from), color)} ` : ''}${printable(line.text)}`,
  );
}
