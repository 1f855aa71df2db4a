import type { Command } from 'commander';
import { hasErrors } from '#diagnostic';
import { loadFlow } from '#gateway';
import { EXIT, fail, print, printFindings, printJson } from '../output.ts';
import { BUILT_INS } from '../paths.ts';

export function addCheck(command: Command): void {
  command
    .argument('<flow.json>', 'the flow document')
    .option('--node <file...>', 'nodes of your own (.wasm), beside the built-in ones')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', '\nExample:\n  fusewire check examples/boiler-line/flow.json')
    .action(async (file: string, options: { node?: string[]; json?: boolean }) => {
      try {
        const { diagnostics } = await loadFlow(file, BUILT_INS, options.node);
        if (options.json) printJson(diagnostics);
        else if (diagnostics.length > 0) printFindings(diagnostics, file);
        else print(`${file}: no findings`);
        process.exitCode = hasErrors(diagnostics) ? EXIT.flowWrong : EXIT.ok;
      } catch (error) {
        fail(error);
      }
    });
}
