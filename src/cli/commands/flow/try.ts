import { type Command, InvalidArgumentError } from 'commander';
import type { BodyInput, Routes, TryReportDto } from '#api';
import { API_LIMITS } from '#api';
import type { Client } from '#client';
import { type Diagnostic, printable } from '#diagnostic';
import { onGateway, UsageError } from '../../gateway/connect.ts';
import { readDocument, readFile } from '../../gateway/document-file.ts';
import { payloadText, recordLines, type Wire, wiresOf } from '../../gateway/hops.ts';
import { EXIT, print, printFindings, printJson } from '../../output.ts';
import { whole } from '../../whole.ts';
import { versionNumber } from './show.ts';

type Message = NonNullable<BodyInput<Routes['tryFlow']>['messages']>[number];
interface TryOptions {
  readonly message: Message[];
  readonly messages?: string;
  readonly live?: string | true;
  readonly count: number;
  readonly document?: string;
  readonly fused?: boolean;
}

/** `line1/temp=85.5`: numbers, true and false as such, all else text. */
function message(text: string, before: Message[]): Message[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Give TAG=VALUE, like line1/cell3/temp=85.5');
  const written = text.slice(at + 1);
  const value =
    written === 'true' || written === 'false'
      ? written === 'true'
      : written.trim() !== '' && Number.isFinite(Number(written))
        ? Number(written)
        : written;
  return [...before, { tag: text.slice(0, at), value }];
}

export function addTry(command: Command): void {
  command
    .argument('<flow>', 'id of the flow')
    .argument('[version]', 'its number; else the draft', versionNumber)
    .option('-M, --message <tag=value>', 'a tag update; may stand several times', message, [])
    .option('--messages <file>', 'updates as JSON, one a line: {"tag": …, "value": …} or {"base64": …}')
    .option('--live [pattern]', 'copies of what comes in now')
    .option('-n, --count <n>', 'with --live: so many', whole(1, 100), 10)
    .option('--document <file>', 'flow.json or flow.pb instead of the draft')
    .option('--fused', 'run the fused module, instead of node by node')
    .addHelpText(
      'after',
      '\nExamples:\n  fusewire flow try boiler -M line1/cell1/temp=95\n  fusewire flow try boiler --live "line1/#" -n 3',
    );
  onGateway<TryOptions>(command, async ({ client, args: [flow, version], options }) => {
    const read = options.document === undefined ? null : await readDocument(options.document);
    const file = options.document ?? flow!;
    if (read && 'diagnostics' in read) {
      printFindings(read.diagnostics, file);
      process.exitCode = EXIT.flowWrong;
      return;
    }
    const messages = [...options.message, ...(options.messages === undefined ? [] : linesOf(options.messages))];
    if (messages.length === 0 && options.live === undefined)
      throw new UsageError('nothing to try it on: give --message TAG=VALUE, --messages FILE or --live');
    const match = options.live === true ? '#' : options.live;
    const report = await client.call('tryFlow', {
      params: { flow: flow! },
      body: {
        fused: options.fused === true,
        ...(read && { document: read.document }),
        ...(version !== undefined && { version: Number(version) }),
        ...(messages.length > 0 && { messages }),
        ...(match !== undefined && { from_live: { match, count: options.count } }),
      },
    });
    if (options.json) printJson(report);
    else describe(report, file, wiresOf(read ? read.document : await documentOf(client, flow!, version)));
    process.exitCode = report.ok ? EXIT.ok : EXIT.flowWrong;
  });
}

const documentOf = async (client: Client, flow: string, version: string | undefined): Promise<unknown> =>
  version === undefined
    ? (await client.call('getDraft', { params: { flow } })).document
    : (await client.call('getVersion', { params: { flow, version: Number(version) } })).document;

function linesOf(file: string): Message[] {
  const text = Buffer.from(readFile(file, API_LIMITS.draft_bytes)).toString('utf8');
  return text
    .split('\n')
    .map((line, i) => ({ line: line.trim(), at: i + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, at }) => {
      try {
        return JSON.parse(line) as Message;
      } catch (error) {
        throw new UsageError(`${file}:${at}: ${(error as Error).message}`);
      }
    });
}

function describe(report: TryReportDto, file: string, wires: readonly Wire[]): void {
  if (report.diagnostics.length > 0) printFindings(report.diagnostics as Diagnostic[], file);
  for (const record of report.records) print(recordLines(record, wires).join('\n'));
  for (const [node, outputs] of Object.entries(report.outputs)) {
    print(`\n${printable(node)} put out ${outputs.length}`);
    for (const one of outputs) print(`  ${printable(payloadText(one))}`);
  }
  if (report.logs.length > 0) print('');
  for (const { node, level, text } of report.logs)
    print(`${printable(node)} says (${printable(level)}): ${printable(text)}`);
  for (const { node, reason, record } of report.dead_letters)
    print(`${printable(node)} refused record ${record}: ${printable(reason)}`);
}
