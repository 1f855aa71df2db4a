import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readTagUpdate } from '#abi';
import { printable } from '#diagnostic';
import { askControl, type ControlRequest, DeadLetters, type FullLetter, readDeadLetters, readDropped } from '#gateway';
import { bytes, complain, EXIT, fail, number, print, printJson, table } from '../output.ts';
import { brief, describeMessage } from '../payload.ts';

interface DlqOptions {
  readonly state: string;
  readonly json?: boolean;
}

export function addDlq(program: Command): void {
  const dlq = program
    .command('dlq')
    .description('dead letters of a flow: list, show, export, retry, drop')
    .addHelpText('after', '\nExample:\n  fusewire dlq ls --state state/boiler-line');
  const command = (name: string, description: string, run: (ids: string[], options: DlqOptions) => unknown): Command =>
    dlq
      .command(name)
      .description(description)
      .requiredOption('--state <dir>', 'the folder that the flow was started with')
      .option('--json', 'print JSON')
      .action(async (...args: unknown[]) => {
        const [ids, options] = args.length === 3 ? (args as [string[], DlqOptions]) : [[], args[0] as DlqOptions];
        try {
          await run(ids, options);
        } catch (error) {
          fail(error);
        }
      });
  command('ls', 'list them, newest first', (_, options) => list(options));
  command('show', 'show one with its message', (ids, options) => show(ids, options)).argument('<id...>');
  command('export', 'write messages and their heads into a folder', (ids, options) => exportAll(ids, options)).argument(
    '<dir...>',
  );
  command('retry', 'hand messages to their nodes again; the flow must be running', (ids, options) =>
    change('retry', ids, options),
  ).argument('<id...>', 'ids, or all');
  command('drop', 'delete letters', (ids, options) => change('drop', ids, options)).argument('<id...>', 'ids, or all');
}

const letters = (options: DlqOptions): FullLetter[] => readDeadLetters(join(options.state, 'dead-letters')).reverse();

function list(options: DlqOptions): void {
  const all = letters(options);
  if (options.json) return printJson(all.map(({ message: _, ...head }) => head));
  const dropped = readDropped(join(options.state, 'dead-letters'));
  const more = dropped > 0 ? `${number(dropped)} dropped: there were too many, or they came too fast` : '';
  if (all.length === 0) return print(more || 'no dead letters');
  print(
    table(
      ['id', 'time', 'kind', 'node', 'record', 'size', 'reason'],
      all.map(one => [
        String(one.id),
        one.time,
        one.kind,
        one.node,
        String(one.record),
        bytes(one.message_bytes),
        brief(one.reason, 80),
      ]),
    ),
  );
  if (more) print(more);
}

function show(ids: readonly string[], options: DlqOptions): void {
  const all = letters(options);
  const found = ids.map(id => all.find(one => String(one.id) === id));
  const missing = ids.filter((_, index) => !found[index]);
  if (missing.length > 0) {
    complain(`there is no dead letter ${missing.join(', ')}`);
    process.exitCode = EXIT.usage;
  }
  const there = found.filter(one => one !== undefined);
  if (options.json) return printJson(there.map(asJson));
  // Reasons are texts of nodes and of other sides, names are of documents.
  const say = (text: string): void => print(printable(text));
  for (const { message, path, ...head } of there) {
    say(`dead letter ${head.id}, ${head.time}`);
    say(`  kind    ${head.kind}`);
    say(`  node    ${head.node} (${head.node_type})${head.port === null ? '' : `, input ${head.port}`}`);
    say(`  reason  ${head.reason}`);
    say(`  record  ${head.record}`);
    if (path.length > 0) say(`  path    ${path.join(' → ')}`);
    say(`  message ${describeMessage(message)}`);
  }
}

const asJson = ({ message, ...head }: FullLetter): object => ({
  ...head,
  update: 'update' in readTagUpdate(message) ? describeMessage(message) : null,
  message_base64: Buffer.from(message).toString('base64'),
});

function exportAll([directory]: readonly string[], options: DlqOptions): void {
  const all = letters(options);
  mkdirSync(directory!, { recursive: true });
  for (const { message, ...head } of all) {
    writeFileSync(join(directory!, `${head.id}.bin`), message);
    writeFileSync(join(directory!, `${head.id}.json`), `${JSON.stringify(head, null, 2)}\n`);
  }
  print(`${all.length} dead letters written to ${directory}`);
}

async function change(what: 'retry' | 'drop', ids: readonly string[], options: DlqOptions): Promise<void> {
  const wrong = ids.filter(id => id !== 'all' && !/^\d+$/.test(id));
  if (wrong.length > 0) {
    complain(`not an id: ${wrong.join(', ')}; ids are numbers, see: fusewire dlq ls --state ${options.state}`);
    process.exitCode = EXIT.usage;
    return;
  }
  const request: ControlRequest = { do: what, ids: ids.includes('all') ? 'all' : ids.map(Number) };
  const answer = (await askControl(options.state, request)) ?? (what === 'drop' ? dropAlone(request, options) : null);
  if (answer === null) {
    complain(`no flow runs with ${options.state}: start it to retry its dead letters`);
    process.exitCode = EXIT.world;
  } else if (!answer.ok) {
    complain(printable(answer.message));
    process.exitCode = EXIT.world;
  } else {
    if (options.json) printJson(answer);
    else print(`${answer.done} ${what === 'retry' ? 'retried' : 'dropped'}`);
    for (const problem of answer.problems) complain(printable(problem));
    if (answer.problems.length > 0) process.exitCode = EXIT.world;
  }
}

/** Nobody runs with the folder: its letters can be dropped all the same. */
function dropAlone(request: ControlRequest, options: DlqOptions): { ok: true; done: number; problems: string[] } {
  const store = new DeadLetters(join(options.state, 'dead-letters'));
  const wanted = 'ids' in request && request.ids !== 'all' ? request.ids : store.list().map(one => one.id);
  const problems = wanted.filter(id => !store.drop(id)).map(id => `${id}: there is none`);
  store.close();
  return { ok: true, done: wanted.length - problems.length, problems };
}
