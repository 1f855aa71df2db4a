/** `fusewire offline user` on a data directory: the first admin without a gateway that runs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Access } from '#access';
import { openRepository } from '#repository';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'fusewire-user-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const PASSWORD = 'correct horse battery';

function user(data: string, args: readonly string[], input = ''): { code: number | null; out: string; err: string } {
  const flags = [
    '--conditions=fusewire-source',
    '--disable-warning=ExperimentalWarning',
    join(ROOT, 'src/cli/main.ts'),
  ];
  const { PATH = '' } = process.env;
  const given = { encoding: 'utf8', cwd: folder, env: { PATH }, input } as const;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, 'offline', 'user', ...args, '--data', data],
    given,
  );
  return { code: status, out: stdout, err: stderr };
}

test('add, ls, passwd: the user logs in with what was given; each is in the audit log', async () => {
  const data = mkdtempSync(join(folder, 'data-'));
  assert.deepEqual(user(data, ['ls']), { code: 0, out: 'no users\n', err: '' });
  assert.deepEqual(user(data, ['add', 'boss'], `${PASSWORD}\n`), { code: 0, out: 'boss is admin\n', err: '' });
  const listed = user(data, ['ls', '--json']);
  assert.deepEqual(
    (JSON.parse(listed.out) as { name: string }[]).map(one => one.name),
    ['boss'],
  );
  assert.doesNotMatch(listed.out, /scrypt/);
  assert.equal(user(data, ['passwd', 'boss'], `${PASSWORD} staple\n`).code, 0);
  const repository = openRepository(data);
  const options = {
    session_hours: 1,
    session_idle_minutes: 1,
    login_failures: 5,
    login_wait_ms_max: 1_000,
    secure: true,
  };
  const access = new Access(repository, { enabled: true, password_chars_min: 12, ...options });
  await assert.rejects(access.login('boss', PASSWORD, null), { code: 'login-failed' });
  assert.equal((await access.login('boss', `${PASSWORD} staple`, null)).identity.role, 'admin');
  const actions = repository.audit.list().items.map(({ actor, action }) => `${actor} ${action}`);
  assert.deepEqual(actions.reverse().slice(0, 2), ['local user.create', 'local user.password']);
  assert.match(user(data, ['ls']).err, /^error\[data-locked\]/, 'not while somebody has it open');
  repository.close();
});

test('what is refused has its code, and a typing mistake makes no data directory', () => {
  const data = mkdtempSync(join(folder, 'data-'));
  assert.match(user(data, ['add', 'boss'], 'short\n').err, /^error\[password-weak\]/);
  assert.match(user(data, ['add', 'no good name'], `${PASSWORD}\n`).err, /^error\[name-invalid\]/);
  assert.match(user(data, ['passwd', 'nobody'], `${PASSWORD}\n`).err, /^error\[not-found\]/);
  assert.equal(user(data, ['add', 'boss', '--role', 'king'], `${PASSWORD}\n`).code, 2);
  const missing = join(folder, 'missing');
  const { code, err } = user(missing, ['add', 'boss'], `${PASSWORD}\n`);
  assert.equal(code, 3);
  assert.match(err, /^error\[file-not-found\]/);
  assert.equal(existsSync(missing), false);
});
