/** Users and tokens: who may what, what is written down, and that no change goes without its audit entry. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCESS_LIMITS, type Access, type Identity, PERMISSIONS, type Permission, ROLES } from '#access';
import { GatewayError } from '#diagnostic';
import { ADDRESS, failsWith, PASSWORD, place, request } from './support.ts';

const DAY_MS = 24 * 3_600_000;
const who = async (access: Access, name: string): Promise<Identity> =>
  (await access.login(name, PASSWORD, ADDRESS)).identity;
const bearer = (token: string) => request(null, { authorization: `Bearer ${token}`, method: 'POST' });

test('each role may what the ones below may', async () => {
  const { access } = await place();
  const allowed: Record<string, string[]> = {};
  for (const role of ROLES) {
    const identity = await who(access, `the-${role}`);
    allowed[role] = Object.keys(PERMISSIONS).filter(permission => access.can(identity, permission as Permission));
    for (const permission of Object.keys(PERMISSIONS) as Permission[])
      if (allowed[role]!.includes(permission)) access.demand(identity, permission);
      else assert.throws(() => access.demand(identity, permission), failsWith('forbidden'));
  }
  assert.deepEqual(allowed, {
    viewer: ['read'],
    editor: ['read', 'edit'],
    operator: ['read', 'edit', 'deploy', 'operate'],
    admin: ['read', 'edit', 'deploy', 'operate', 'admin'],
  });
});

test('a token works without cookie and CSRF token; only its hash is stored', async () => {
  const { access, store } = await place();
  const editor = await who(access, 'the-editor');
  const { token, row } = access.tokens.create(editor, { name: 'ci', role: 'viewer' });
  assert.match(token, /^fwt_t1_[\w-]{43}$/);
  assert.ok(!('hash' in row) && !('hash' in access.tokens.list(editor).items[0]!));
  assert.ok(
    !JSON.stringify([[...store.rows.tokens.values()], store.rows.audit]).includes(token.slice('fwt_t1_'.length)),
  );
  const found = access.authenticate(bearer(token));
  assert.deepEqual([found.kind, found.name, found.role, found.id], ['token', 'the-editor', 'viewer', 't1']);
});

test('a token that is changed, unknown, revoked, expired, or of a disabled user does not hold', async () => {
  const { access, admin, clock, store } = await place();
  const editor = await who(access, 'the-editor');
  const make = (days?: number) => access.tokens.create(editor, { name: 'ci', role: 'viewer', days });
  const { token, row } = make();
  const other = make().token;
  const refused = (text: string): void =>
    assert.throws(() => access.authenticate(bearer(text)), failsWith('unauthenticated'), text);
  const last = token.at(-2) === 'A' ? 'B' : 'A';
  for (const text of [
    `${token.slice(0, -2)}${last}${token.at(-1)}`,
    token.replace('t1', 't2'),
    token.replace('t1', 't99'),
    `fwt_t1_${other.split('_').slice(2).join('_')}`,
    store.tokens.get('t1')!.hash,
    `fwt_t1_${store.tokens.get('t1')!.hash}`,
    token.slice(4),
    '',
  ])
    refused(text);
  access.authenticate(bearer(token));
  access.tokens.revoke(editor, row.id);
  refused(token);
  const short = make(1).token;
  clock.pass(DAY_MS - 1);
  access.authenticate(bearer(short));
  clock.pass(1);
  refused(short);
  access.authenticate(bearer(other));
  access.users.update(admin, 'the-editor', { disabled: true });
  refused(other);
});

test('a token is not above its owner, neither when it is made nor later', async () => {
  const { access, admin } = await place();
  const operator = await who(access, 'the-operator');
  assert.throws(() => access.tokens.create(operator, { name: 'x', role: 'admin' }), failsWith('forbidden'));
  assert.throws(
    () => access.tokens.create(admin, { name: 'x', role: 'operator', user: 'the-viewer' }),
    failsWith('forbidden'),
  );
  assert.throws(() => access.tokens.create(operator, { name: 'x', user: 'the-viewer' }), failsWith('forbidden'));
  assert.throws(() => access.tokens.create(admin, { name: 'x', user: 'nobody' }), failsWith('forbidden'));
  const { token, row } = access.tokens.create(operator, { name: 'x' });
  assert.equal(row.role, 'operator');
  access.users.update(admin, 'the-operator', { role: 'viewer' });
  assert.equal(access.authenticate(bearer(token)).role, 'viewer');
  access.users.update(admin, 'the-operator', { role: 'admin' });
  assert.equal(access.authenticate(bearer(token)).role, 'operator');
});

test('a token makes no tokens and changes no passwords; its days are limited', async () => {
  const { access } = await place();
  const someone = await who(access, 'the-admin');
  const robot = access.authenticate(bearer(access.tokens.create(someone, { name: 'x' }).token));
  assert.throws(() => access.tokens.create(robot, { name: 'y' }), failsWith('forbidden'));
  await assert.rejects(
    access.users.setPassword(robot, 'the-admin', 'a new fine password', PASSWORD),
    failsWith('forbidden'),
  );
  for (const days of [0, -1, 1.5, Number.NaN, ACCESS_LIMITS.token_days + 1])
    assert.throws(() => access.tokens.create(someone, { name: 'x', days }), failsWith('forbidden'), String(days));
  for (const name of ['', 'x'.repeat(65), 'a\nb', '\u202e'])
    assert.throws(() => access.tokens.create(someone, { name }), failsWith('name-invalid'), name);
});

test('one sees and revokes one’s own tokens; an admin those of all', async () => {
  const { access, admin } = await place();
  const [viewer, editor] = [await who(access, 'the-viewer'), await who(access, 'the-editor')];
  const { row } = access.tokens.create(viewer, { name: 'x' });
  access.tokens.create(editor, { name: 'y' });
  assert.deepEqual(
    access.tokens.list(viewer).items.map(one => one.name),
    ['x'],
  );
  assert.deepEqual(
    access.tokens.list(admin).items.map(one => one.name),
    ['x', 'y'],
  );
  assert.throws(() => access.tokens.list(editor, { user: 'the-viewer' }), failsWith('forbidden'));
  assert.throws(() => access.tokens.revoke(editor, row.id), failsWith('forbidden'));
  assert.throws(() => access.tokens.revoke(editor, 'no-such-token'), failsWith('forbidden'));
  access.tokens.revoke(admin, row.id);
});

test('the use of a token is written down once a minute at most', async () => {
  const { access, clock, store } = await place();
  const { token } = access.tokens.create(await who(access, 'the-viewer'), { name: 'x' });
  for (let second = 0; second < 180; second += 1) {
    access.authenticate(bearer(token));
    clock.pass(1_000);
  }
  assert.equal(store.touches, 3);
});

test('users are made, changed and removed by admins; each change is in the audit log, with no secrets', async () => {
  const { access, admin, store } = await place();
  const editor = await who(access, 'the-editor');
  store.rows.audit.length = 0;
  const fresh = { name: 'fresh@plant.example', role: 'viewer', password: PASSWORD } as const;
  await assert.rejects(access.users.create(editor, fresh), failsWith('forbidden'));
  for (const action of [
    () => access.users.update(editor, 'the-editor', { role: 'admin' }),
    () => access.users.remove(editor, 'the-viewer'),
    () => access.users.list(editor),
    () => access.users.get(editor, 'the-admin'),
    () => access.endSessions(editor, 'the-admin'),
  ])
    assert.throws(action, failsWith('forbidden'));
  await assert.rejects(access.users.setPassword(editor, 'the-viewer', 'a new fine password'), failsWith('forbidden'));
  assert.equal(store.rows.audit.length, 0);

  const made = await access.users.create(admin, fresh);
  assert.ok(!('password_hash' in made) && !('password_hash' in access.users.list(admin).items[0]!));
  access.users.update(admin, fresh.name, { role: 'operator' });
  await access.users.setPassword(admin, fresh.name, 'a new fine password');
  access.endSessions(admin, fresh.name);
  access.users.remove(admin, fresh.name);
  assert.deepEqual(
    store.rows.audit.map(({ actor, action, target }) => [actor, action, target]),
    ['user.create', 'user.update', 'user.password', 'user.logout', 'user.remove'].map(one => [
      'the-admin',
      one,
      fresh.name,
    ]),
  );
  assert.doesNotMatch(JSON.stringify(store.rows.audit), /scrypt|correct horse|new fine/);
});

test('what cannot be audited does not happen', async t => {
  const { access, admin, store } = await place();
  const editor = await who(access, 'the-editor');
  t.mock.method(store.audit, 'append', () => {
    throw new Error('the disk is full');
  });
  assert.throws(() => access.users.update(admin, 'the-editor', { role: 'admin' }), /disk is full/);
  assert.throws(() => access.users.remove(admin, 'the-viewer'), /disk is full/);
  assert.throws(() => access.tokens.create(editor, { name: 'x' }), /disk is full/);
  await assert.rejects(access.login('the-viewer', PASSWORD, ADDRESS), /disk is full/);
  assert.equal(store.users.get('the-editor')!.role, 'editor');
  assert.ok(store.users.get('the-viewer'));
  assert.deepEqual([store.rows.tokens.size, store.rows.sessions.size], [0, 1]);
});

test('a full disk keeps nobody from looking', async t => {
  const { access, clock, store } = await place();
  const login = await access.login('the-viewer', PASSWORD, ADDRESS);
  const { token } = access.tokens.create(login.identity, { name: 'x' });
  const full = (): never => {
    throw new GatewayError('storage-full', 'the disk');
  };
  t.mock.method(store.sessions, 'touch', full);
  t.mock.method(store.tokens, 'touch', full);
  clock.pass(120_000);
  access.authenticate(request(login));
  access.authenticate(bearer(token));
});

test('the last admin stays', async () => {
  const { access, admin, store } = await place();
  for (const action of [
    () => access.users.remove(admin, 'the-admin'),
    () => access.users.update(admin, 'the-admin', { disabled: true }),
    () => access.users.update(admin, 'the-admin', { role: 'operator' }),
  ])
    assert.throws(action, failsWith('last-admin'));
  assert.deepEqual([store.users.get('the-admin')!.role, store.users.get('the-admin')!.disabled], ['admin', false]);
  access.users.update(admin, 'the-operator', { role: 'admin' });
  access.users.remove(admin, 'the-admin');
});

test('one’s own password is changed with the one before; guessing it is slow, too', async () => {
  const { access } = await place();
  const viewer = await who(access, 'the-viewer');
  const change = (current?: string) => access.users.setPassword(viewer, 'the-viewer', 'a new fine password', current);
  await assert.rejects(change(), failsWith('login-failed'));
  await change(PASSWORD);
  await access.login('the-viewer', 'a new fine password', ADDRESS);
  for (let i = 0; i < 5; i += 1) await assert.rejects(change('wrong'), failsWith('login-failed'));
  await assert.rejects(change('a new fine password'), failsWith('login-throttled'));
});

test('names of users: nobody is called as the gateway calls itself', async () => {
  const { access, admin } = await place();
  for (const name of ['', 'local', 'gateway', 'setup', 'a b', '../x', '__proto__', 'x'.repeat(65), 'ä', 'a\n', '.a'])
    await assert.rejects(
      access.users.create(admin, { name, role: 'viewer', password: PASSWORD }),
      failsWith('name-invalid'),
      name,
    );
});
