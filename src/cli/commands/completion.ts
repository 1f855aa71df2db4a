import { Argument, type Command, Option } from 'commander';
import { connect } from '../gateway/connect.ts';
import { loadTree } from '../lazy.ts';
import { print } from '../output.ts';

/** Somebody waits at the keys: a gateway that is slower is not asked. */
const ANSWER_MS = 300;

export function addCompletion(command: Command): void {
  command
    .addArgument(new Argument('[shell]', 'which one').choices(['bash', 'zsh', 'fish']))
    .addOption(new Option('--list <kind>', 'names that the gateway knows, for the scripts').hideHelp())
    .addHelpText(
      'after',
      '\nExamples:\n  source <(fusewire completion bash)                     # now; in ~/.bashrc for ever\n  fusewire completion zsh > ~/.zfunc/_fusewire           # a folder of $fpath\n  fusewire completion fish > ~/.config/fish/completions/fusewire.fish',
    )
    .action(async (shell: string | undefined, options: { list?: string }) => {
      if (options.list !== undefined) return list(options.list);
      if (shell === undefined) command.error('error: which shell? bash, zsh or fish');
      const { placesOf } = await import('../completion/model.ts');
      const places = placesOf(await loadTree(command.parent!));
      if (shell === 'bash') print((await import('../completion/bash.ts')).bashScript(places));
      else if (shell === 'zsh') print((await import('../completion/zsh.ts')).zshScript(places));
      else print((await import('../completion/fish.ts')).fishScript(places));
    });
}

/** Ids of flows or types of nodes, one a line; nothing when the gateway does not answer soon. */
async function list(kind: string): Promise<void> {
  try {
    const client = await connect({});
    const signal = AbortSignal.timeout(Number(process.env['FUSEWIRE_COMPLETION_MS']) || ANSWER_MS);
    const query = { limit: 500 };
    const names =
      kind === 'flows'
        ? (await client.call('listFlows', { query, signal })).items.map(one => one.id)
        : (await client.call('listNodes', { query, signal })).items.map(one => one.node_type);
    // Only what no shell reads anything into.
    print([...new Set(names)].filter(name => /^[\w.-]+$/.test(name)).join('\n'));
  } catch (error) {
    // Completion that complains would write into the line that is being typed.
    if (process.env['FUSEWIRE_DEBUG']) throw error;
  }
}
