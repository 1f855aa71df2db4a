/** Secrets: encrypted, bound to their names, unreadable with another key, never lost when a key is changed. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ACCESS_LIMITS, type Identity, localIdentity, resolveSecrets, Secrets, secretsIn } from '#access';
import { MemoryStore } from './memory-store.ts';
import { failsWith } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-secrets-'));
after(() => rmSync(root, { recursive: true, force: true }));
const ADMIN = localIdentity();
const VALUE = 'hunter2-and-more';

function place(): { file: string; store: MemoryStore; secrets: Secrets; again: () => Secrets } {
  const file = join(mkdtempSync(join(root, 'data-')), 'secrets.key');
  const store = new MemoryStore();
  return { file, store, secrets: new Secrets(store, file), again: () => new Secrets(store, file) };
}

test('what was put comes out for sinks, also after a restart; rows and audit do not hold it', () => {
  const { file, store, secrets, again } = place();
  assert.equal(existsSync(file), false, 'the key is made at first use');
  secrets.put(ADMIN, 'broker', VALUE);
  secrets.put(ADMIN, 'twice', VALUE);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(secrets.resolve('broker'), VALUE);
  assert.equal(again().resolve('broker'), VALUE);
  const [one, two] = [store.secrets.get('broker')!, store.secrets.get('twice')!];
  assert.notDeepEqual(one.ciphertext, two.ciphertext);
  const rows = Buffer.concat([one.ciphertext, Buffer.from(JSON.stringify([secrets.list(ADMIN), store.rows.audit]))]);
  assert.ok(!rows.includes(VALUE));
  secrets.put(ADMIN, 'broker', 'another value');
  assert.equal(secrets.resolve('broker'), 'another value');
  secrets.remove(ADMIN, 'broker');
  assert.throws(() => secrets.resolve('broker'), failsWith('secret-missing'));
  assert.throws(() => secrets.remove(ADMIN, 'broker'), failsWith('secret-missing'));
  assert.deepEqual(
    store.rows.audit.map(({ action, target }) => `${action} ${target}`),
    ['secret.put broker', 'secret.put twice', 'secret.put broker', 'secret.remove broker'],
  );
});

test('only an admin changes secrets; editors see names', () => {
  const { secrets } = place();
  const as = (role: Identity['role']): Identity => ({ ...ADMIN, role });
  for (const change of [
    () => secrets.put(as('operator'), 'a', VALUE),
    () => secrets.remove(as('operator'), 'a'),
    () => secrets.rotate(as('operator')),
    () => secrets.list(as('viewer')),
  ])
    assert.throws(change, failsWith('forbidden'));
  assert.deepEqual(secrets.list(as('editor')), []);
});

test('names and values have limits', () => {
  const { secrets, file } = place();
  for (const name of ['', 'a b', '../a', '__proto__', 'x'.repeat(65), 'a}', 'ä', 'a\n'])
    assert.throws(() => secrets.put(ADMIN, name, VALUE), failsWith('name-invalid'), name);
  for (const value of ['', 'x'.repeat(ACCESS_LIMITS.secret_bytes + 1), '\ud800'])
    assert.throws(() => secrets.put(ADMIN, 'a', value), failsWith('secret-invalid'));
  assert.equal(existsSync(file), false);
  secrets.put(ADMIN, 'a', '\u{1f511}'.repeat(ACCESS_LIMITS.secret_bytes / 4));
});

test('a row that was changed, cut, or put in the place of another does not open', () => {
  const { store, secrets } = place();
  secrets.put(ADMIN, 'one', VALUE);
  secrets.put(ADMIN, 'two', 'something else');
  const row = store.secrets.get('one')!;
  const set = (change: Partial<typeof row>): void => void store.rows.secrets.set('one', { ...row, ...change });
  for (let at = 0; at < row.ciphertext.length; at += 1) {
    const ciphertext = Uint8Array.from(row.ciphertext);
    ciphertext[at]! ^= 1 << (at & 7);
    set({ ciphertext });
    assert.throws(() => secrets.resolve('one'), failsWith('secret-unreadable'), `byte ${at}`);
    set({ ciphertext: row.ciphertext.subarray(0, at) });
    assert.throws(() => secrets.resolve('one'), failsWith('secret-unreadable'), `cut at ${at}`);
  }
  set({ nonce: store.secrets.get('two')!.nonce });
  assert.throws(() => secrets.resolve('one'), failsWith('secret-unreadable'));
  set({ nonce: new Uint8Array() });
  assert.throws(() => secrets.resolve('one'), failsWith('secret-unreadable'));
  const { nonce, ciphertext } = store.secrets.get('two')!;
  set({ nonce, ciphertext });
  assert.throws(() => secrets.resolve('one'), failsWith('secret-unreadable'));
  set({});
  assert.equal(secrets.resolve('one'), VALUE);
});

test('another key, none, or one that others may read: a clear error, and nothing is put beside', () => {
  const { file, secrets, again } = place();
  secrets.put(ADMIN, 'a', VALUE);
  const key = readFileSync(file);
  const fails = (text: RegExp): void => {
    for (const work of [() => again().resolve('a'), () => again().put(ADMIN, 'b', VALUE), () => again().rotate(ADMIN)])
      assert.throws(work, error => failsWith('secret-unreadable')(error) && text.test((error as Error).message));
  };
  rmSync(file);
  fails(/is not there/);
  assert.equal(existsSync(file), false, 'no other key is made');
  writeFileSync(file, Buffer.alloc(32, 7), { mode: 0o600 });
  fails(/another key/);
  for (const content of ['', 'short', Buffer.alloc(33), `${'A'.repeat(44)}`, Buffer.alloc(4_096, 65)]) {
    writeFileSync(file, content);
    fails(/does not hold a key/);
  }
  writeFileSync(file, key);
  for (const mode of [0o604, 0o602, 0o620, 0o644, 0o666]) {
    chmodSync(file, mode);
    fails(/others may/);
  }
  rmSync(file);
  mkdirSync(file);
  fails(/not a file/);
  rmSync(file, { recursive: true });
  writeFileSync(file, key, { mode: 0o640 });
  assert.equal(again().resolve('a'), VALUE);
});

test('a key that was there before is used: 32 bytes as they are, or as base64', () => {
  for (const content of [Buffer.alloc(32, 200), `${Buffer.alloc(32, 3).toString('base64')}\n`]) {
    const { file, secrets, again } = place();
    writeFileSync(file, content, { mode: 0o600 });
    secrets.put(ADMIN, 'a', VALUE);
    assert.equal(again().resolve('a'), VALUE);
    assert.deepEqual(readFileSync(file), Buffer.from(content));
  }
});

test('keys are changed: all is encrypted again, the old key opens nothing', () => {
  const { file, store, secrets, again } = place();
  secrets.put(ADMIN, 'a', VALUE);
  secrets.put(ADMIN, 'b', 'something else');
  const [before, key] = [store.secrets.get('a')!, readFileSync(file)];
  secrets.rotate(ADMIN);
  assert.notDeepEqual(readFileSync(file), key);
  assert.notEqual(store.secrets.get('a')!.key_id, before.key_id);
  assert.deepEqual([secrets.resolve('a'), again().resolve('b')], [VALUE, 'something else']);
  secrets.rotate(ADMIN, Buffer.alloc(32, 5));
  assert.equal(readFileSync(file, 'latin1').trim(), Buffer.alloc(32, 5).toString('base64'));
  assert.throws(() => secrets.rotate(ADMIN, Buffer.alloc(31)), failsWith('secret-invalid'));
  writeFileSync(file, key);
  assert.throws(() => again().resolve('a'), failsWith('secret-unreadable'));
});

test('a change of keys that is interrupted, before or after the rows have the new one, loses nothing', t => {
  const { file, store, secrets, again } = place();
  secrets.put(ADMIN, 'a', VALUE);
  const old = readFileSync(file);
  const append = t.mock.method(store.audit, 'append', () => {
    throw new Error('killed');
  });
  assert.throws(() => secrets.rotate(ADMIN), /killed/);
  append.mock.restore();
  assert.deepEqual(readFileSync(file), old);
  assert.equal(again().resolve('a'), VALUE);
  secrets.rotate(ADMIN);
  const fresh = readFileSync(file);
  // As when the process ends between the rows and the file.
  writeFileSync(`${file}.new`, fresh, { mode: 0o600 });
  writeFileSync(file, old);
  assert.equal(again().resolve('a'), VALUE);
  assert.deepEqual([readFileSync(file), existsSync(`${file}.new`)], [fresh, false]);
});

test('references in props: anywhere in a string, several, never twice', () => {
  const values: Record<string, string> = { a: 'A', 'b-2': '${secret:a}', empty: '$&' };
  const resolve = (name: string): string => values[name] ?? assert.fail(name);
  const props = {
    url: 'mqtt://u:${secret:a}@h',
    n: 3,
    no: null,
    list: ['${secret:a}${secret:a}', { deep: 'x${secret:b-2}y' }],
    '${secret:a}': '${SECRET:a} $secret:a ${secret:a',
    empty: '${secret:empty}',
  };
  const before = structuredClone(props);
  assert.deepEqual(resolveSecrets(props, resolve), {
    ...props,
    url: 'mqtt://u:A@h',
    list: ['AA', { deep: 'x${secret:a}y' }],
    empty: '$&',
  });
  assert.deepEqual(props, before);
  assert.deepEqual(secretsIn(props), ['a', 'b-2', 'empty']);
  for (const text of ['${secret:}', '${secret:a b}', '${secret:../x}', '${secret:__proto__}'])
    assert.throws(() => resolveSecrets({ text }, resolve), failsWith('secret-missing'), text);
});

test('a missing secret is named', () => {
  const { secrets } = place();
  secrets.put(ADMIN, 'there', VALUE);
  assert.equal(secrets.resolveText('x ${secret:there}'), `x ${VALUE}`);
  assert.throws(() => secrets.resolveText('${secret:nowhere}'), /nowhere/);
  assert.deepEqual(secrets.missing(['there', 'nowhere', '__proto__']), ['nowhere', '__proto__']);
});
