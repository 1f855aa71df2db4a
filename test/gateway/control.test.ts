/** The control socket lies in the state folder, whatever the length of its path. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { askControl } from '#gateway';
import { listenControl } from '../../src/gateway/control.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-control-'));
after(() => rmSync(root, { recursive: true, force: true }));
const answer = async () => ({ ok: true, done: 7, problems: [] }) as const;

test('a path that is too long for a socket is no hindrance: the socket is in the folder, for its owner only', async () => {
  const directory = join(root, 'x'.repeat(100), 'y'.repeat(100));
  mkdirSync(directory, { recursive: true });
  assert.equal(await askControl(directory, { do: 'release' }), null);
  const open = readdirSync('/proc/self/fd').length;
  for (let round = 0; round < 3; round += 1) {
    const control = await listenControl(directory, answer);
    const socket = statSync(join(directory, 'control.sock'));
    assert.ok(socket.isSocket());
    assert.equal(socket.mode & 0o777, 0o600);
    assert.equal((await askControl(directory, { do: 'release' }))?.ok, true);
    await control.close();
    assert.ok(!existsSync(join(directory, 'control.sock')));
  }
  // Nothing stays open.
  while (readdirSync('/proc/self/fd').length > open) await new Promise(resolve => setTimeout(resolve, 5));
});

test('what is in the place of the socket and cannot be taken away is a listen-failed', async () => {
  const directory = mkdtempSync(join(root, 'flow-'));
  mkdirSync(join(directory, 'control.sock'));
  await assert.rejects(listenControl(directory, answer), { code: 'listen-failed', where: /control\.sock$/ });
});
