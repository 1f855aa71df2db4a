/** `login` and what follows from it: users, tokens, roles. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import type { SessionDto, UserDto } from '#api';
import { Remote } from '../support/remote.ts';

let remote: Remote;
before(async () => (remote = await Remote.start({ auth: true })));
after(() => remote.close());
const run = (...args: string[]) => remote.run(args);
const profile = (): string => join(remote.env['XDG_CONFIG_HOME']!, 'fusewire/client.json');
const stored = (): { url: string; token: string; token_id: string } => JSON.parse(readFileSync(profile(), 'utf8'));

test('login makes a token and stores it for its owner alone; logout revokes it', async () => {
  const before = await run('flow', 'ls');
  assert.deepEqual(
    [before.code, before.err],
    [3, 'error[unauthorized]: log in first\n  hint: log in with: fusewire login\n'],
  );
  const wrong = await remote.run(['login', '--user', 'ann', '--password-stdin'], { input: 'guess' });
  assert.deepEqual([wrong.code, /error\[login-failed\]/.test(wrong.err)], [3, true]);
  const login = await remote.run(['login', '--user', 'ann', '--password-stdin'], { input: 'correct horse\n' });
  assert.deepEqual([login.code, login.err], [0, '']);
  assert.match(login.out, /^logged in to http\S+ as ann \(admin\); stored in \S+client\.json\n$/);
  assert.equal(statSync(profile()).mode & 0o777, 0o600);
  assert.ok(remote.gateway.calls.includes('logout'), 'the session is over, the token stays');
  const token = stored().token;
  assert.match(remote.gateway.users.tokens.get(token)!.name, /^\S+@\S+/);
  const env = { FUSEWIRE_URL: '' };
  assert.equal((await remote.run(['flow', 'ls'], { env })).code, 0);
  assert.equal((await remote.json<SessionDto>('whoami')).user, 'ann');
  const out = await remote.run(['logout'], { env });
  assert.match(out.out, /^logged out of http\S+; the token is revoked\n$/);
  assert.equal(remote.gateway.users.tokens.size, 0);
  assert.equal((await run('logout')).out, 'nothing is stored: you are not logged in\n');
});

test('a stored token goes to its own gateway only; a given one is checked and stored', async () => {
  const other = await Remote.start({ auth: true });
  after(() => other.close());
  await remote.run(['login', '--user', 'ann', '--password-stdin'], { input: 'correct horse' });
  const { token } = stored();
  other.gateway.users.tokens.set(token, remote.gateway.users.tokens.get(token)!);
  assert.equal((await run('flow', 'ls', '--url', other.gateway.url)).code, 3);
  assert.equal((await run('flow', 'ls', '--url', other.gateway.url, '--token', token)).code, 0);
  const env = { FUSEWIRE_URL: other.gateway.url, FUSEWIRE_TOKEN: token };
  assert.equal((await remote.run(['flow', 'ls'], { env })).code, 0);
  const given = await run('login', remote.gateway.url, '--token', token);
  assert.deepEqual([given.code, stored().token, 'token_id' in stored()], [0, token, false]);
  assert.match((await run('logout')).out, /was not made by login and lives on/);
  assert.equal(remote.gateway.users.tokens.has(token), true);
});

test('users and tokens', async () => {
  await remote.run(['login', '--user', 'ann', '--password-stdin'], { input: 'correct horse' });
  const added = await remote.run(['user', 'add', 'bob', 'operator', '--password-stdin'], { input: 'battery staple' });
  assert.deepEqual([added.code, added.out], [0, 'bob is there, as operator\n'], added.err);
  assert.equal(remote.gateway.users.users.get('bob')!.password, 'battery staple');
  assert.equal((await run('user', 'add', 'eve', 'queen')).code, 2);
  await remote.run(['user', 'passwd', 'bob', '--password-stdin'], { input: 'other' });
  assert.equal(remote.gateway.users.users.get('bob')!.password, 'other');
  assert.equal((await remote.json<UserDto>('user', 'role', 'bob', 'viewer')).role, 'viewer');
  assert.equal((await run('user', 'disable', 'bob')).out, 'bob is disabled\n');
  assert.match((await run('user', 'ls')).out, /^bob +viewer +disabled .* never$/m);
  assert.equal((await run('user', 'rm', 'bob', '-y')).code, 0);
  const made = await run('token', 'new', 'ci', '--role', 'viewer', '--days', '3');
  assert.match(made.out, /^fw_[0-9a-f]+\n$/);
  assert.match(made.err, /^token t\d+, until .*; it is not shown again\n$/);
  const list = await run('token', 'ls');
  assert.match(list.out, /^t\d+ +ci +ann +viewer /m);
  assert.doesNotMatch(list.out, /fw_/);
  const id = /^token (\S+),/.exec(made.err)![1]!;
  assert.equal((await run('token', 'revoke', id)).code, 0);
  assert.equal((await run('token', 'revoke', id)).code, 2);
});

test('a damaged store says so, and login writes it anew', async () => {
  mkdirSync(dirname(profile()), { recursive: true });
  writeFileSync(profile(), '{"url": 7');
  const { code, err } = await run('status');
  assert.deepEqual(
    [code, /error\[file-not-found\].*client\.json.*mend it with: fusewire login/.test(err)],
    [3, true],
    err,
  );
  const again = await remote.run(['login', '--user', 'ann', '--password-stdin'], { input: 'correct horse' });
  assert.deepEqual([again.code, /it is written anew/.test(again.err)], [0, true]);
  assert.equal((await run('flow', 'ls')).code, 0);
  const unknown = await run('login', '--token', 'fw_of_nobody');
  assert.deepEqual([unknown.code, unknown.err], [2, 'the gateway does not know this token\n']);
});
