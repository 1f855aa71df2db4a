import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readTagUpdate } from '#abi';
import { GatewayError, printable as plain } from '#diagnostic';
import { connect, type GatewayOptions, gatewayOptions, guarded, UsageError } from '../gateway/connect.ts';
import { type FullLetter, folderLetters, gatewayLetters, type Letters } from '../letters.ts';
import { bytes, complain, EXIT, number, print, printJson, table } from '../output.ts';
import { brief, describeMessage } from '../payload.ts';
import { atLeastOne } from '../whole.ts';

interface DlqOptions extends GatewayOptions {
  readonly state?: string;
  readonly flow?: string;
  readonly limit?: number;
}
type Run = (letters: Letters, ids: readonly string[], options: DlqOptions) => Promise<void>;

/** Rows that a person looks at. */
const SHOWN = 100;

export function addDlq(command: Command): void {
  command.addHelpText(
    'after',
    '\nExamples:\n  fusewire dlq ls --flow boiler\n  fusewire dlq retry all --flow boiler\n  fusewire dlq ls --state state/boiler-line',
  );
  const add = (name: string, description: string, run: Run): Command => {
    const sub = command
      .command(name)
      .description(description)
      .option('--flow <flow>', 'of this flow on the gateway')
      .option('--state <dir>', 'of the flow that `fusewire run` was given this folder for')
      .option('--json', 'print JSON');
    gatewayOptions(sub);
    return sub.action(async () => {
      const options = sub.opts<DlqOptions>();
      await guarded(sub, async () => run(await lettersOf(options), sub.processedArgs.flat(), options));
    });
  };
  add('ls', 'list them, newest first', list).option('-n, --limit <n>', 'so many; default 100, as JSON all', atLeastOne);
  add('show', 'show one with its message', show).argument('<id...>');
  add('export', 'write messages and their heads into a folder', exportAll).argument('<dir>');
  add('retry', 'hand messages to their nodes again; the flow must be running', change('retry')).argument(
    '<id...>',
    'ids, or all',
  );
  add('drop', 'delete letters', change('drop')).argument('<id...>', 'ids, or all');
}

async function lettersOf(options: DlqOptions): Promise<Letters> {
  if ((options.state === undefined) === (options.flow === undefined))
    throw new UsageError('say whose dead letters: --flow ID on the gateway, or --state DIR of fusewire run');
  if (options.state !== undefined) return folderLetters(options.state);
  return gatewayLetters(await connect(options), options.flow!);
}

const list: Run = async (letters, _ids, { json, limit }) => {
  const { items: all, more: others } = await letters.list(limit ?? (json ? Number.POSITIVE_INFINITY : SHOWN));
  if (json) return printJson(all);
  const dropped = await letters.dropped();
  const more = dropped > 0 ? `${number(dropped)} dropped: there were too many, or they came too fast` : '';
  if (all.length === 0) return print(more || 'no dead letters');
  print(
    table(
      ['id', 'time', 'kind', 'node', 'record', 'size', 'reason'],
      all.map(one => [
        String(one.id),
        plain(one.time),
        plain(one.kind),
        plain(one.node),
        String(one.record),
        bytes(one.message_bytes),
        brief(one.reason, 80),
      ]),
    ),
  );
  if (more) print(more);
  if (others) complain('there are more: see --limit');
};

const show: Run = async (letters, ids, { json }) => {
  const found = await letters.read(ids);
  const missing = ids.filter((_, index) => !found[index]);
  if (missing.length > 0) {
    complain(`there is no dead letter ${missing.join(', ')}`);
    process.exitCode = EXIT.usage;
  }
  const there = found.filter(one => one !== undefined);
  if (json) return printJson(there.map(asJson));
  for (const { message, path, ...head } of there) {
    print(`dead letter ${head.id}, ${plain(head.time)}`);
    print(`  kind    ${plain(head.kind)}`);
    print(
      `  node    ${plain(head.node)} (${plain(head.node_type)})${head.port === null ? '' : `, input ${plain(head.port)}`}`,
    );
    print(`  reason  ${brief(head.reason)}`);
    print(`  record  ${head.record}`);
    if (path.length > 0) print(`  path    ${path.map(plain).join(' → ')}`);
    print(`  message ${plain(describeMessage(message))}`);
  }
};

const asJson = ({ message, ...head }: FullLetter): object => ({
  ...head,
  update: 'update' in readTagUpdate(message) ? describeMessage(message) : null,
  message_base64: Buffer.from(message).toString('base64'),
});

const exportAll: Run = async (letters, [directory], { json }) => {
  const all = await letters.all();
  try {
    mkdirSync(directory!, { recursive: true });
    for (const { message, ...head } of all) {
      // Ids are numbers: they are names of files here.
      const name = join(directory!, String(Number(head.id)));
      writeFileSync(`${name}.bin`, message);
      writeFileSync(`${name}.json`, `${JSON.stringify(head, null, 2)}\n`);
    }
  } catch (error) {
    throw new GatewayError('file-unwritable', directory!, (error as Error).message, error);
  }
  json ? printJson({ directory, letters: all.length }) : print(`${all.length} dead letters written to ${directory}`);
};

const change =
  (what: 'retry' | 'drop'): Run =>
  async (letters, ids, { json }) => {
    const wrong = ids.filter(id => id !== 'all' && !/^\d+$/.test(id));
    if (wrong.length > 0)
      throw new UsageError(`not an id: ${wrong.join(', ')}; ids are numbers, see: fusewire dlq ls ${letters.asked}`);
    const answer = await letters.change(what, ids.includes('all') ? 'all' : ids.map(Number));
    if (typeof answer === 'string') {
      complain(answer);
      process.exitCode = EXIT.world;
      return;
    }
    if (json) printJson(answer);
    else print(`${answer.done} ${what === 'retry' ? 'retried' : 'dropped'}`);
    for (const problem of answer.problems) complain(plain(problem));
    if (answer.problems.length > 0) process.exitCode = EXIT.world;
  };
