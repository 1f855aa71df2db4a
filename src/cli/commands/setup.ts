import type { Command } from 'commander';
import { Client } from '#client';
import { printable } from '#diagnostic';
import { ask, newSecret } from '../gateway/ask.ts';
import { type GatewayOptions, gatewayOptions, guarded, placeOf, readCertificate } from '../gateway/connect.ts';
import { print, printJson } from '../output.ts';

interface SetupOptions extends GatewayOptions {
  readonly setupToken?: string;
  readonly passwordStdin?: boolean;
}

export function addSetup(command: Command): void {
  command
    .argument('<user>', 'name of the first admin')
    .option('--setup-token <token>', 'the token in the gateway’s log; else it is asked for')
    .option('--password-stdin', 'the password comes on standard input')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  fusewire setup ann --setup-token PRpe…');
  gatewayOptions(command);
  command.action(async (user: string, options: SetupOptions) => {
    await guarded(command, () => setup(user, options));
  });
}

async function setup(user: string, options: SetupOptions): Promise<void> {
  const place = placeOf(options, null);
  const client = new Client({ ...place, ...(place.ca === undefined ? {} : { ca: readCertificate(place.ca) }) });
  const token = options.setupToken ?? (await ask('token in the log: '));
  const password = await newSecret('password', options.passwordStdin === true, 'pipe it in');
  const made = await client.call('setup', { body: { token: token.trim(), user, password } });
  if (options.json) printJson({ user: made.user, role: made.role });
  else
    print(
      `${printable(made.user)} is ${made.role}; next: fusewire login ${printable(place.url)} --user ${printable(made.user)}`,
    );
}
