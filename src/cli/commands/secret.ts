import type { Command } from 'commander';
import { newSecret } from '../gateway/ask.ts';
import { onGateway } from '../gateway/connect.ts';
import { grid } from '../grid.ts';
import { localTime, print, printJson } from '../output.ts';

export function addSecret(command: Command): void {
  command.addHelpText('after', '\nExample:\n  fusewire secret set mqtt-password < password.txt');
  onGateway(command.command('ls').description('names of secrets, and who uses them'), async ({ client, options }) => {
    const secrets = await client.call('listSecrets');
    if (options.json) return printJson(secrets);
    if (secrets.items.length === 0) return print('no secrets');
    print(
      grid(
        [
          { title: 'secret', of: one => one.name },
          { title: 'set', of: one => localTime(one.updated_at) },
          { title: 'by', of: one => one.updated_by },
          { title: 'used by', of: one => one.used_by.join(', ') || 'nobody', shrinks: true },
        ],
        secrets.items,
      ),
    );
  });
  const set = command.command('set').description('set a secret; its value is asked for, or comes on standard input');
  set.argument('<name>');
  onGateway(set, async ({ client, args: [name], options }) => {
    const value = await newSecret('value', false, 'pipe it in');
    const head = await client.call('putSecret', { params: { name: name! }, body: { value } });
    options.json ? printJson(head) : print(`${head.name} is set`);
  });
  const rotate = command
    .command('rotate-key')
    .description('encrypt all secrets again, with a new key in the place of the key file')
    .addHelpText('after', '\nOf a gateway that does not run: fusewire offline secret rotate-key');
  onGateway(rotate, async ({ client, options }) => {
    const rotated = await client.call('rotateSecretsKey');
    options.json ? printJson(rotated) : print(saidRotated(rotated.secrets));
  });
  const rm = command.command('rm').description('delete a secret').argument('<name>');
  onGateway(rm, async ({ client, args: [name], options }) => {
    await client.call('removeSecret', { params: { name: name! } });
    options.json ? printJson({ removed: name }) : print(`${name} is deleted`);
  });
}

export const saidRotated = (secrets: number): string =>
  `${secrets} ${secrets === 1 ? 'secret is' : 'secrets are'} encrypted with a new key`;
