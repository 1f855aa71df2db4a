import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { Access, localIdentity, ROLES, type Role, Secrets } from '#access';
import { type Config, secretsKeyFile } from '#config';
import { GatewayError } from '#diagnostic';
import { openRepository, type Repository } from '#repository';
import { addConfigOptions, type ConfigOptions, loadFrom } from '../config-options.ts';
import { newSecret } from '../gateway/ask.ts';
import { guarded } from '../gateway/connect.ts';
import { EXIT, print, printFindings, printJson, table } from '../output.ts';
import { saidRotated } from './secret.ts';

interface Options extends ConfigOptions {
  readonly role: Role;
  readonly json?: boolean;
}

export function addOffline(offline: Command): void {
  const user = offline
    .command('user')
    .description('users of a gateway that does not run: the first admin, a forgotten password')
    .addHelpText(
      'after',
      '\nExample:\n  sudo -u fusewire fusewire offline user add boss --role admin --data /var/lib/fusewire',
    );
  const command = (name: string, description: string): Command =>
    addConfigOptions(user.command(name).description(description));
  command('add', 'make a user; the password is asked for, or read from the standard input')
    .argument('<name>')
    .addOption(new Option('--role <role>', 'what the user may do').choices(ROLES).default('admin'))
    .action((name: string, options: Options) => onData(user, options, access => add(access, name, options.role)));
  command('passwd', 'set another password; ends the sessions of the user')
    .argument('<name>')
    .action((name: string, options: Options) => onData(user, options, access => setPassword(access, name)));
  command('ls', 'list the users')
    .option('--json', 'print JSON')
    .action((options: Options) => onData(user, options, access => list(access, options)));
  addOfflineSecret(offline);
}

function addOfflineSecret(offline: Command): void {
  const secret = offline.command('secret').description('secrets of a gateway that does not run: a new key for them');
  addConfigOptions(
    secret
      .command('rotate-key')
      .description('encrypt all secrets again, with a new key in the place of the key file')
      .addHelpText(
        'after',
        '\nExample:\n  sudo -u fusewire fusewire offline secret rotate-key --data /var/lib/fusewire\nOf a gateway that runs: fusewire secret rotate-key',
      ),
  )
    .option('--json', 'print JSON')
    .action((options: Options) => onRepository(secret, options, (...opened) => rotateKey(...opened, options)));
}

function rotateKey(repository: Repository, config: Config, { json }: Options): void {
  const secrets = new Secrets(repository, secretsKeyFile(config)).rotate(BY);
  json ? printJson({ secrets }) : print(saidRotated(secrets));
}

const BY = localIdentity();

type Work = (repository: Repository, config: Config) => void | Promise<void>;

/** Opens the data directory for `work` alone. It must be there: a typing mistake must not make one. */
const onData = (command: Command, options: Options, work: (access: Access) => void | Promise<void>): Promise<void> =>
  onRepository(command, options, (repository, { auth }) =>
    work(new Access(repository, { ...auth, enabled: true, secure: false })),
  );

async function onRepository(command: Command, options: Options, work: Work): Promise<void> {
  const loaded = loadFrom(options);
  if ('diagnostics' in loaded) {
    printFindings(loaded.diagnostics, 'configuration');
    process.exitCode = EXIT.flowWrong;
    return;
  }
  await guarded(command, () => withRepository(loaded.config, work));
}

async function withRepository(config: Config, work: Work): Promise<void> {
  const { data_directory } = config;
  if (!existsSync(data_directory))
    throw new GatewayError('file-not-found', data_directory, 'there is no data directory');
  const repository = openRepository(data_directory);
  try {
    await work(repository, config);
  } finally {
    repository.close();
  }
}

const newPassword = (): Promise<string> => newSecret('password', false, 'pipe it in');

async function add(access: Access, name: string, role: Role): Promise<void> {
  const password = await newPassword();
  await access.users.create(BY, { name, role, password });
  print(`${name} is ${role}`);
}

async function setPassword(access: Access, name: string): Promise<void> {
  const password = await newPassword();
  await access.users.setPassword(BY, name, password);
  print(`${name} has another password`);
}

function list(access: Access, options: Options): void {
  const { items } = access.users.list(BY, { limit: 1_000 });
  if (options.json) printJson(items);
  else if (items.length === 0) print('no users');
  else
    print(
      table(
        ['name', 'role', 'disabled', 'last login'],
        items.map(({ name, role, disabled, last_login_at }) => [
          name,
          role,
          disabled ? 'yes' : 'no',
          last_login_at === null ? 'never' : new Date(last_login_at).toISOString(),
        ]),
      ),
    );
}
