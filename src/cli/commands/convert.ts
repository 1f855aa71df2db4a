import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type Diagnostic, GatewayError } from '#diagnostic';
import { type FlowDocument, writeGraphRule } from '#flow';
import { isProtobuf, readFlow } from '#gateway';
import { EXIT, fail, print, printFindings } from '../output.ts';

export function addConvert(program: Command): void {
  program
    .command('convert')
    .description('turn a flow document into Protobuf (GraphRule) or back')
    .argument('<in>', 'flow.json or flow.pb')
    .argument('<out>', 'flow.pb or flow.json')
    .addHelpText('after', '\nExample:\n  fusewire convert examples/boiler-line/flow.json flow.pb')
    .action(async (from: string, to: string) => {
      try {
        const parsed: { document: FlowDocument } | { diagnostics: Diagnostic[] } = await readFlow(from);
        if ('diagnostics' in parsed) {
          printFindings(parsed.diagnostics, from);
          process.exitCode = EXIT.flowWrong;
          return;
        }
        const { document } = parsed;
        write(to, isProtobuf(to) ? await writeGraphRule(document) : `${JSON.stringify(document, null, 2)}\n`);
        print(`${to}: ${readFileSync(to).length} bytes`);
      } catch (error) {
        fail(error);
      }
    });
}

function write(file: string, content: string | Uint8Array): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw new GatewayError('file-unwritable', file, (error as Error).message, error);
  }
}
