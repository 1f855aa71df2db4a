import type { Command } from 'commander';
import type { Diagnostic } from '#diagnostic';
import { onGateway } from '../../gateway/connect.ts';
import { readDocument } from '../../gateway/document-file.ts';
import { EXIT, print, printFindings, printJson } from '../../output.ts';

export function addCheck(command: Command): void {
  command
    .argument('<flow>', 'id of the flow')
    .argument('[file]', 'flow.json or flow.pb, instead of the draft')
    .addHelpText('after', '\nExamples:\n  fusewire flow check boiler\n  fusewire flow check boiler flow.json');
  onGateway(command, async ({ client, args: [flow, file], options }) => {
    const read = file === undefined ? null : await readDocument(file);
    const report =
      read && 'diagnostics' in read
        ? { ok: false, diagnostics: read.diagnostics }
        : await client.call('checkDraft', {
            params: { flow: flow! },
            ...(read && { body: { document: read.document } }),
          });
    if (options.json) printJson(report);
    else if (report.diagnostics.length > 0) printFindings(report.diagnostics as Diagnostic[], file ?? flow!);
    else print(`${file ?? flow}: no findings`);
    process.exitCode = report.ok ? EXIT.ok : EXIT.flowWrong;
  });
}
