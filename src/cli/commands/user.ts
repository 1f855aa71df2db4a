import { Argument, type Command } from 'commander';
import { ROLES, type UserDto } from '#api';
import { ask, newSecret } from '../gateway/ask.ts';
import { onGateway, UsageError } from '../gateway/connect.ts';
import { grid } from '../grid.ts';
import { localTime, print, printJson } from '../output.ts';

interface PasswordOptions {
  readonly passwordStdin?: boolean;
}
const FROM_STDIN = ['--password-stdin', 'the password comes on standard input'] as const;
const role = (): Argument => new Argument('<role>', 'what the user may').choices(ROLES);
const told = (user: UserDto, json: boolean | undefined, text: string): void => (json ? printJson(user) : print(text));

export function addUser(command: Command): void {
  command.addHelpText('after', '\nExample:\n  fusewire user add bob operator');
  onGateway(command.command('ls').description('list users'), async ({ client, options }) => {
    const users = await client.call('listUsers');
    if (options.json) return printJson(users);
    print(
      grid(
        [
          { title: 'user', of: one => one.name },
          { title: 'role', of: one => one.role },
          { title: '', of: one => (one.disabled ? 'disabled' : ''), style: () => 'yellow' },
          { title: 'created', of: one => localTime(one.created_at) },
          { title: 'last login', of: one => (one.last_login_at === null ? 'never' : localTime(one.last_login_at)) },
        ],
        users.items,
      ),
    );
  });
  const add = command.command('add').description('create a user; the password is asked for');
  add
    .argument('<name>')
    .addArgument(role())
    .option(...FROM_STDIN);
  onGateway<PasswordOptions>(add, async ({ client, args: [name, as], options }) => {
    const password = await newSecret('password', options.passwordStdin === true, 'pipe it in');
    const user = await client.call('createUser', { body: { name: name!, role: as as UserDto['role'], password } });
    told(user, options.json, `${user.name} is there, as ${user.role}`);
  });
  const passwd = command.command('passwd').description('change a password: one’s own, or as admin that of another');
  passwd.argument('[name]', 'another user').option(...FROM_STDIN);
  onGateway<PasswordOptions>(passwd, async ({ client, args: [name], options }) => {
    if (name === undefined) {
      const old = await ask('password so far: ', { hidden: true, instead: 'as admin, name the user' });
      const fresh = await newSecret('new password', false, 'pipe it in');
      await client.call('changeOwnPassword', { body: { old, new: fresh } });
      return options.json ? printJson({ changed: true }) : print('your password is changed');
    }
    const password = await newSecret('new password', options.passwordStdin === true, 'pipe it in');
    const user = await client.call('changeUser', { params: { name }, body: { password } });
    told(user, options.json, `the password of ${user.name} is changed`);
  });
  const change = command.command('role').description('change what a user may').argument('<name>').addArgument(role());
  onGateway(change, async ({ client, args: [name, as], options }) => {
    const user = await client.call('changeUser', { params: { name: name! }, body: { role: as as UserDto['role'] } });
    told(user, options.json, `${user.name} is ${user.role} now`);
  });
  const disable = command.command('disable').description('keep a user from logging in').argument('<name>');
  disable.option('--undo', 'let the user in again');
  onGateway<{ undo?: boolean }>(disable, async ({ client, args: [name], options }) => {
    const body = { disabled: options.undo !== true };
    const user = await client.call('changeUser', { params: { name: name! }, body });
    told(user, options.json, `${user.name} is ${user.disabled ? 'disabled' : 'let in again'}`);
  });
  const rm = command.command('rm').description('delete a user, its sessions and tokens').argument('<name>');
  rm.option('-y, --yes', 'do not ask');
  onGateway<{ yes?: boolean }>(rm, async ({ client, args: [name], options }) => {
    if (!options.yes && (await ask(`delete ${name}? Type the name: `, { instead: 'give --yes' })) !== name)
      throw new UsageError('nobody was deleted');
    await client.call('removeUser', { params: { name: name! } });
    options.json ? printJson({ removed: name }) : print(`${name} is deleted`);
  });
}
