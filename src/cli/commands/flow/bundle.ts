import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { API_LIMITS } from '#api';
import { type Diagnostic, GatewayError } from '#diagnostic';
import { onGateway, UsageError } from '../../gateway/connect.ts';
import { readFile } from '../../gateway/document-file.ts';
import { bytes, print, printFindings, printJson } from '../../output.ts';

/** A file, or standard output for `-`. @throws GatewayError file-unwritable, UsageError: bytes are not for a terminal */
export function writeOut(file: string, content: Uint8Array): void {
  if (file === '-') {
    if (process.stdout.isTTY) throw new UsageError('this is not for a terminal: name a file with -o, or use a pipe');
    return void process.stdout.write(content);
  }
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw new GatewayError('file-unwritable', file, (error as Error).message, error);
  }
}

export function addExport(command: Command): void {
  command
    .argument('<flow>', 'id of the flow')
    .argument('[version]', 'its number, draft or deployed', 'draft')
    .option('-o, --output <file>', 'where it goes, - for standard output; default FLOW.bundle.json')
    .option('--wasm', 'the fused module that runs, instead of a bundle; it holds its graph')
    .addHelpText(
      'after',
      '\nExamples:\n  fusewire flow export boiler -o boiler.bundle.json\n  fusewire flow export boiler --wasm -o boiler.wasm',
    );
  onGateway<{ output?: string; wasm?: boolean }>(command, async ({ client, args: [flow, version], options }) => {
    const params = { flow: flow! };
    if (version !== 'draft' && version !== 'deployed' && !/^[1-9]\d{0,8}$/.test(version!))
      throw new UsageError(`${JSON.stringify(version)} is no version: give a number, draft or deployed`);
    const content = options.wasm
      ? await client.call('getArtifact', { params })
      : await client.call('exportFlow', { params, query: { version } });
    const file = options.output ?? `${flow}.${options.wasm ? 'wasm' : 'bundle.json'}`;
    writeOut(file, content);
    if (options.json) printJson({ file, bytes: content.length });
    else if (file !== '-') print(`${file}: ${bytes(content.length)}`);
  });
}

export function addImport(command: Command): void {
  command
    .argument('<file>', 'a bundle, or a fused flow.wasm')
    .option('--id <id>', 'the new flow’s id; else made from its name')
    .option('--into <flow>', 'replace the draft of this flow instead of making a new one')
    .addHelpText('after', '\nExample:\n  fusewire flow import boiler.bundle.json --id boiler-2');
  onGateway<{ id?: string; into?: string }>(command, async ({ client, args: [file], options }) => {
    const body = readFile(file!, API_LIMITS.bundle_bytes) as Uint8Array<ArrayBuffer>;
    const wasm = body.length >= 4 && body[0] === 0 && body[1] === 0x61 && body[2] === 0x73 && body[3] === 0x6d;
    const contentType = wasm ? 'application/wasm' : 'application/vnd.fusewire.bundle+json';
    const query = { ...(options.id && { id: options.id }), ...(options.into && { flow: options.into }) };
    const made = await client.call('importFlow', { query, body, contentType });
    if (options.json) return printJson(made);
    if (made.diagnostics.length > 0) printFindings(made.diagnostics as Diagnostic[], file!);
    const added = made.nodes_added.length;
    print(
      `${options.into ? 'replaced the draft of' : 'made'} ${made.flow.id}${added > 0 ? `, ${added} nodes added to the library` : ''}`,
    );
  });
}
