import { type Command, Option } from 'commander';
import { ROLES, type TokenDto } from '#api';
import { onGateway } from '../gateway/connect.ts';
import { grid } from '../grid.ts';
import { complain, localTime, print, printJson } from '../output.ts';
import { whole } from '../whole.ts';

export function addToken(command: Command): void {
  command.addHelpText('after', '\nExample:\n  fusewire token new ci --role operator --days 30');
  onGateway(command.command('ls').description('your tokens; as admin, all'), async ({ client, options }) => {
    const tokens = await client.call('listTokens');
    if (options.json) return printJson(tokens);
    if (tokens.items.length === 0) return print('no tokens');
    const when = (time: string | null): string => (time === null ? 'never' : localTime(time));
    print(
      grid(
        [
          { title: 'id', of: one => one.id },
          { title: 'name', of: one => one.name, shrinks: true },
          { title: 'user', of: one => one.user },
          { title: 'role', of: one => one.role },
          { title: 'expires', of: one => (one.revoked_at === null ? when(one.expires_at) : 'revoked') },
          { title: 'last used', of: one => when(one.last_used_at) },
        ],
        tokens.items,
      ),
    );
  });
  const make = command.command('new').description('make a token; it is shown this once').argument('<name>', 'what for');
  make
    .addOption(new Option('--role <role>', 'not above your own').choices(ROLES))
    .option('--days <n>', 'how long it is good for', whole(1, 3_650), 90);
  onGateway<{ role?: TokenDto['role']; days: number }>(make, async ({ client, args: [name], options }) => {
    const body = { name: name!, expires_in_days: options.days, ...(options.role && { role: options.role }) };
    const made = await client.call('createToken', { body });
    if (options.json) return printJson(made);
    // The token alone on standard output: fit for a variable.
    print(made.token);
    complain(
      `token ${made.id}, until ${made.expires_at === null ? 'it is revoked' : localTime(made.expires_at)}; it is not shown again`,
    );
  });
  const revoke = command.command('revoke').description('revoke a token').argument('<id>', 'see fusewire token ls');
  onGateway(revoke, async ({ client, args: [id], options }) => {
    await client.call('revokeToken', { params: { id: id! } });
    options.json ? printJson({ revoked: id }) : print(`token ${id} is revoked`);
  });
}
