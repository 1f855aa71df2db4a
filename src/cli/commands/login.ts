import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ApiProblem, Client } from '#client';
import { GatewayError, printable } from '#diagnostic';
import { ask, readInput } from '../gateway/ask.ts';
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

async function login(options: LoginOptions): Promise<void> {
  // What was stored before says where, but not who.
  const { token: _, ...place } = placeOf(options, readableProfile());
  const ca = place.ca === undefined ? {} : { ca: readCertificate(place.ca) };
  const stored = { url: place.url, ...(place.ca !== undefined && { ca: resolve(place.ca) }) };
  const say = (user: string, role: string): void => {
    if (options.json) printJson({ url: place.url, user, role });
    else print(`logged in to ${place.url} as ${printable(user)} (${role}); stored in ${profilePath()}`);
  };
  if (options.token !== undefined) {
    const session = await new Client({ ...place, ...ca, token: options.token }).call('getSession');
    if (session.auth && session.permissions.length === 0) throw new UsageError('the gateway does not know this token');
    writeProfile({ ...stored, token: options.token });
    return say(session.user, session.role);
  }
  const client = new Client({ ...place, ...ca });
  const open = await client.call('getSession');
  if (!open.auth) {
    writeProfile(stored);
    return say('everybody', open.role);
  }
  if (place.url.startsWith('http:') && !/^http:\/\/(127\.|localhost|\[::1\])/.test(place.url))
    complain('careful: over http everybody on the way can read the password');
  const user = options.user ?? (await ask('user: ', { instead: 'give --user' }));
  const password = options.passwordStdin
    ? await readInput()
    : await ask('password: ', { hidden: true, instead: 'give --password-stdin' });
  const session = await client.login(user, password);
  try {
    const name = `${userInfo().username}@${hostname()}`.slice(0, 64);
    const made = await client.call('createToken', { body: { name, expires_in_days: options.days } });
    writeProfile({ ...stored, token: made.token, token_id: made.id });
  } finally {
    // The token lives on; the session has done its work.
    await client.call('logout');
  }
  say(session.user, session.role);
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
