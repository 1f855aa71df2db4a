import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { SessionDto } from '#api';
import { ApiProblem, Client } from '#client';
import { GatewayError, printable } from '#diagnostic';
import { ask, newSecret, readInput } from '../gateway/ask.ts';
import {
  type GatewayOptions,
  gatewayOptions,
  guarded,
  onGateway,
  placeOf,
  readCertificate,
  UsageError,
} from '../gateway/connect.ts';
import { type Profile, profilePath, readProfile, writeProfile } from '../gateway/profile.ts';
import { complain, localTime, print, printJson } from '../output.ts';
import { whole } from '../whole.ts';

interface LoginOptions extends GatewayOptions {
  readonly user?: string;
  readonly passwordStdin?: boolean;
  readonly days: number;
}

export function addLogin(command: Command): void {
  command
    .argument('[url]', 'of the gateway, as --url')
    .option('--user <name>', 'who logs in; else it is asked for')
    .option('--password-stdin', 'the password comes on standard input')
    .option('--days <n>', 'how long the token that is made is good for', whole(1, 3_650), 90)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `\nA token is made and stored, for you alone to read, in ${profilePath()}.\n\nExamples:\n  fusewire login https://gateway.plant:8480 --ca plant.pem\n  fusewire login --user ann --password-stdin < password.txt\n  fusewire login https://gateway.plant:8480 --token fw_…`,
    );
  gatewayOptions(command);
  command.action(async (url: string | undefined, options: LoginOptions) => {
    await guarded(command, () => login({ ...options, ...(url !== undefined && { url }) }));
  });
}

interface Place {
  readonly client: Client;
  /** What is stored beside the token. */
  readonly stored: Profile;
}

function placeFor(options: LoginOptions, token?: string): Place {
  // What was stored before says where, but not who.
  const { token: _, ...place } = placeOf(options, readableProfile());
  const ca = place.ca === undefined ? {} : { ca: readCertificate(place.ca) };
  const client = new Client({ ...place, ...ca, ...(token !== undefined && { token }) });
  return { client, stored: { url: place.url, ...(place.ca !== undefined && { ca: resolve(place.ca) }) } };
}

function told(url: string, user: string, role: string, json: boolean | undefined): void {
  if (json) printJson({ url, user, role });
  else print(`logged in to ${url} as ${printable(user)} (${role}); stored in ${profilePath()}`);
}

async function login(options: LoginOptions): Promise<void> {
  const { client, stored } = placeFor(options, options.token);
  const open = await client.call('getSession');
  if (options.token !== undefined) {
    if (open.auth && open.permissions.length === 0) throw new UsageError('the gateway does not know this token');
    writeProfile({ ...stored, token: options.token });
    return told(stored.url, open.user, open.role, options.json);
  }
  if (!open.auth) {
    writeProfile(stored);
    return told(stored.url, 'everybody', open.role, options.json);
  }
  if (open.setup)
    throw new UsageError('there is no user yet: make the first with fusewire setup, and the token in the log');
  warnOfListeners(stored.url);
  const user = options.user ?? (await ask('user: ', { instead: 'give --user' }));
  const password = options.passwordStdin
    ? await readInput()
    : await ask('password: ', { hidden: true, instead: 'give --password-stdin' });
  await keep(client, stored, await client.login(user, password), options);
}

/** Makes a token of a session and stores it; the session has then done its work. */
async function keep(client: Client, stored: Profile, session: SessionDto, options: LoginOptions): Promise<void> {
  try {
    const name = `${userInfo().username}@${hostname()}`.slice(0, 64);
    const made = await client.call('createToken', { body: { name, expires_in_days: options.days } });
    writeProfile({ ...stored, token: made.token, token_id: made.id });
  } finally {
    await client.call('logout');
  }
  told(stored.url, session.user, session.role, options.json);
}

function warnOfListeners(url: string): void {
  if (url.startsWith('http:') && !/^http:\/\/(127\.|localhost\b|\[::1\])/.test(url))
    complain('careful: over http everybody on the way can read the password');
}

export function addSetup(command: Command): void {
  command
    .argument('[url]', 'of the gateway, as --url')
    .option('--user <name>', 'the first admin; else it is asked for')
    .option('--password-stdin', 'the password comes on standard input')
    .option('--days <n>', 'how long the token that is made is good for', whole(1, 3_650), 90)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  fusewire setup --token TOKEN_IN_THE_LOG --user ann');
  gatewayOptions(command);
  command.action(async (url: string | undefined, options: LoginOptions) => {
    await guarded(command, () => setup({ ...options, ...(url !== undefined && { url }) }));
  });
}

async function setup(options: LoginOptions): Promise<void> {
  const { client, stored } = placeFor(options);
  const open = await client.call('getSession');
  if (!open.auth) throw new UsageError('nobody logs in at this gateway: it needs no users');
  if (!open.setup) throw new UsageError('there are users already: fusewire login');
  warnOfListeners(stored.url);
  const token = options.token ?? (await ask('token in the log: ', { instead: 'give --token' }));
  const user = options.user ?? (await ask('name of the first admin: ', { instead: 'give --user' }));
  const password = await newSecret('password', options.passwordStdin === true, 'pipe it in');
  await keep(client, stored, await client.setup(token, user, password), options);
}

/** A store that is damaged must not keep anybody from filling it again. */
function readableProfile(): Profile | null {
  try {
    return readProfile();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    complain(`${error.message}; it is written anew`);
    return null;
  }
}

export function addLogout(command: Command): void {
  command
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  fusewire logout')
    .action(async (options: GatewayOptions) => guarded(command, () => logout(options)));
}

async function logout(options: GatewayOptions): Promise<void> {
  const profile = readProfile();
  if (!profile) {
    if (options.json) return printJson({ url: null, revoked: false });
    return print('nothing is stored: you are not logged in');
  }
  let revoked = false;
  if (profile.token && profile.token_id) {
    const ca = profile.ca === undefined ? {} : { ca: readCertificate(profile.ca) };
    const client = new Client({ url: profile.url, token: profile.token, ...ca });
    try {
      await client.call('revokeToken', { params: { id: profile.token_id } });
      revoked = true;
    } catch (error) {
      // Not known there any more is as good as revoked.
      if (!(error instanceof ApiProblem) || (error.status !== 401 && error.status !== 404)) throw error;
      revoked = true;
    }
  }
  writeProfile(null);
  if (options.json) printJson({ url: profile.url, revoked });
  else
    print(
      `logged out of ${profile.url}${revoked ? '; the token is revoked' : '; the token was not made by login and lives on'}`,
    );
}

export function addWhoami(command: Command): void {
  command.addHelpText('after', '\nExample:\n  fusewire whoami');
  onGateway(command, async ({ client, options }) => {
    const session = await client.call('getSession');
    if (options.json) return printJson({ url: client.url, ...session });
    print(`gateway  ${client.url}`);
    print(`user     ${printable(session.user)}${session.auth ? '' : ' (nobody logs in here)'}`);
    print(`role     ${session.role}`);
    if (session.expires_at !== null) print(`until    ${localTime(session.expires_at)}`);
    print(`may      ${session.permissions.map(printable).join(', ') || 'nothing: log in with fusewire login'}`);
  });
}
