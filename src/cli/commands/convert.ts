import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { DOCUMENT_LIMITS } from '#abi';
import { type Diagnostic, GatewayError } from '#diagnostic';
import { checkFlow, type FlowDocument, writeGraphRule } from '#flow';
import { isProtobuf, readFlow } from '#gateway';
import { NodeLibrary } from '#library';
import { EXIT, fail, print, printFindings } from '../output.ts';
import { BUILT_INS } from '../paths.ts';

type Written = { readonly bytes: Uint8Array } | { readonly diagnostics: Diagnostic[] };

export function addConvert(command: Command): void {
  command
    .argument('<in>', 'flow.json or flow.pb')
    .argument('<out>', 'flow.pb or flow.json')
    .option('--node <file...>', 'nodes of your own (.wasm): their ports stand in the Protobuf')
    .addHelpText('after', '\nExample:\n  fusewire convert examples/boiler-line/flow.json flow.pb')
    .action((from: string, to: string, options: { node?: string[] }) => convert(from, to, options.node).catch(fail));
}

async function convert(from: string, to: string, nodeFiles: readonly string[] = []): Promise<void> {
  const parsed = await readFlow(from);
  const written: Written =
    'diagnostics' in parsed
      ? parsed
      : isProtobuf(to)
        ? await toProtobuf(parsed.document, nodeFiles)
        : toJson(parsed.document);
  if ('diagnostics' in written) {
    printFindings(written.diagnostics, from);
    process.exitCode = EXIT.flowWrong;
    return;
  }
  try {
    writeFileSync(to, written.bytes);
  } catch (error) {
    throw new GatewayError('file-unwritable', to, (error as Error).message, error);
  }
  print(`${to}: ${written.bytes.length} bytes`);
}

/** Any document of the right shape is converted, whatever `check` thinks of it: ports of unknown nodes stay out. */
async function toProtobuf(document: FlowDocument, nodeFiles: readonly string[]): Promise<Written> {
  const library = new NodeLibrary();
  const diagnostics = [...library.addBuiltIns(BUILT_INS), ...nodeFiles.flatMap(file => library.addFile(file))];
  return diagnostics.length > 0 ? { diagnostics } : writeGraphRule(document, checkFlow(document, library).nodes);
}

/** With indentation, unless that alone would make the document too large to be read again. */
function toJson(document: FlowDocument): Written {
  const bytes = Buffer.from(`${JSON.stringify(document, null, 2)}\n`);
  return { bytes: bytes.length <= DOCUMENT_LIMITS.document_bytes ? bytes : Buffer.from(JSON.stringify(document)) };
}
