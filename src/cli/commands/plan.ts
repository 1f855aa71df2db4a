import type { Command } from 'commander';
import { planOf } from '#fusion';
import { type LoadedFlow, loadFlow } from '#gateway';
import { type NodeFate, statePlan } from '#runtime';
import { EXIT, fail, print, printFindings, printJson, table } from '../output.ts';
import { BUILT_INS } from '../paths.ts';

export function addPlan(command: Command): void {
  command
    .argument('<old.json>', 'the version that runs')
    .argument('<new.json>', 'the version that is to take over')
    .option('--node <file...>', 'nodes of your own (.wasm)')
    .option('--json', 'print the plan as JSON')
    .addHelpText('after', '\nExample:\n  fusewire plan flow.json flow-changed.json')
    .action(async (old: string, fresh: string, options: { node?: string[]; json?: boolean }) => {
      try {
        const fates = await plan(old, fresh, options.node);
        if (!fates) process.exitCode = EXIT.flowWrong;
        else if (options.json) printJson(fates);
        else
          print(
            table(
              ['node', 'type', 'state', 'because'],
              fates.map(({ node, node_type, fate, reason }) => [node, node_type, fate, reason]),
            ),
          );
      } catch (error) {
        fail(error);
      }
    });
}

/** @returns null after printing what is wrong with a document. */
async function plan(old: string, fresh: string, nodes: string[] | undefined): Promise<NodeFate[] | null> {
  const plans = [];
  for (const file of [old, fresh]) {
    const flow = await loadFlow(file, BUILT_INS, nodes);
    if (flow.document === undefined) {
      printFindings(flow.diagnostics, file);
      return null;
    }
    const { input, library }: LoadedFlow = flow;
    const planned = planOf(input, hash => library.bytes(hash));
    if ('diagnostics' in planned) {
      printFindings(planned.diagnostics, file);
      return null;
    }
    plans.push(planned.plan);
  }
  return statePlan(plans[0]!, plans[1]!);
}
