/** Passwords, logins, sessions: what is refused, what is told, what ends when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Credentials, localIdentity, Passwords } from '#access';
import { ADDRESS, CHEAP, failsWith, PASSWORD, place, request } from './support.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

test('a login gives a session; the store holds neither its id nor the CSRF token', async () => {
  const { access, store } = await place();
  const login = await access.login('the-editor', PASSWORD, ADDRESS);
  const who = access.authenticate(request(login));
  assert.deepEqual([who.kind, who.name, who.role, who.address], ['session', 'the-editor', 'editor', ADDRESS]);
  const rows = JSON.stringify([...store.rows.sessions.values()]);
  const [id] = login.cookies[0]!.split(';')[0]!.split('=').slice(1);
  assert.ok(id!.length === 43 && !rows.includes(id!) && !rows.includes(login.csrf));
  assert.deepEqual(
    store.rows.audit.map(({ actor, action, address }) => [actor, action, address]),
    [['the-editor', 'login', ADDRESS]],
  );
});

test('cookies: for this host only, unseen by scripts, not sent across sites, over TLS where there is TLS', async () => {
  const [tls, plain] = [await place(), await place({ secure: false })];
  const [session, csrf] = (await tls.access.login('the-admin', PASSWORD, ADDRESS)).cookies;
  assert.match(session!, /^__Host-fusewire=[\w-]{43}; Path=\/; SameSite=Strict; Max-Age=43200; Secure; HttpOnly$/);
  assert.match(csrf!, /^__Host-fusewire-csrf=[\w-]{43}; Path=\/; SameSite=Strict; Max-Age=43200; Secure$/);
  const [open] = (await plain.access.login('the-admin', PASSWORD, ADDRESS)).cookies;
  assert.match(open!, /^fusewire=[\w-]{43}; Path=\/; SameSite=Strict; Max-Age=43200; HttpOnly$/);
});

test('a wrong password, no such user, a disabled one, no name at all: one answer', async () => {
  const { access, admin } = await place({ login_failures: 100 });
  access.users.update(admin, 'the-viewer', { disabled: true });
  const messages = new Set<string>();
  for (const [name, password] of [
    ['the-admin', 'wrong password'],
    ['nobody', PASSWORD],
    ['the-viewer', PASSWORD],
    ['__proto__', PASSWORD],
    ['', ''],
    ['x'.repeat(100_000), 'y'.repeat(100_000)],
  ] as const)
    await access.login(name, password, ADDRESS).catch((error: Error) => {
      failsWith('login-failed')(error);
      messages.add(error.message);
    });
  assert.equal(messages.size, 1);
});

test('whoever it is, as much is hashed: time does not tell', async t => {
  const { access, admin, store } = await place({ login_failures: 100 });
  access.users.update(admin, 'the-viewer', { disabled: true });
  store.users.update('the-editor', { password_hash: 'nothing that we have written' });
  const matches = t.mock.method(Passwords.prototype, 'matches');
  const costs: unknown[] = [];
  for (const name of ['the-admin', 'the-viewer', 'the-editor', 'nobody', 'NOT A NAME']) {
    matches.mock.resetCalls();
    await assert.rejects(access.login(name, 'a wrong password', ADDRESS), failsWith('login-failed'));
    costs.push(matches.mock.callCount());
    assert.equal(await matches.mock.calls[0]!.result, false);
  }
  assert.deepEqual(costs, [1, 1, 1, 1, 1]);
});

test('passwords: salted, of the cost that stands with them, and nothing else matches', async () => {
  const passwords = new Passwords(CHEAP);
  const [one, two] = [await passwords.hash(PASSWORD), await passwords.hash(PASSWORD)];
  assert.match(one, /^\$scrypt\$ln=4,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/);
  assert.notEqual(one, two);
  assert.equal(await passwords.matches(PASSWORD, one), true);
  // Composed and decomposed letters are typed the same.
  assert.equal(await passwords.matches('gr\u00fc\u00dfe', await passwords.hash('gru\u0308\u00dfe')), true);
  for (const stored of [null, '', one.replace('ln=4', 'ln=5'), one.replace('ln=4', 'ln=30'), `${one}x`, one.slice(1)])
    assert.equal(await passwords.matches(PASSWORD, stored), false, String(stored));
  assert.equal(await passwords.matches(`${PASSWORD}\0`, one), false);
});

test('a few passwords are hashed at once, some wait, the rest is refused', async () => {
  const passwords = new Passwords({ ...CHEAP, ln: 10 });
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => passwords.hash(PASSWORD)));
  assert.equal(outcomes.filter(one => one.status === 'fulfilled').length, 34);
  for (const one of outcomes) if (one.status === 'rejected') failsWith('login-throttled')(one.reason);
  assert.equal(await passwords.matches(PASSWORD, await passwords.hash(PASSWORD)), true, 'and then it goes on');
});

test('a password is hashed again at a login when the cost has risen, and only then', async () => {
  const { store, access } = await place();
  const { password_hash } = store.users.get('the-admin')!;
  await access.login('the-admin', PASSWORD, ADDRESS);
  assert.equal(store.users.get('the-admin')!.password_hash, password_hash);
  const cheaper = new Passwords({ ...CHEAP, ln: 3 });
  store.users.update('the-admin', { password_hash: await cheaper.hash(PASSWORD) });
  await access.login('the-admin', PASSWORD, ADDRESS);
  assert.match(store.users.get('the-admin')!.password_hash, /ln=4/);
  await access.login('the-admin', PASSWORD, ADDRESS);
});

test('weak passwords are refused, each with its reason', async () => {
  const { access, admin } = await place();
  const weak = ['short', 'aaaaaaaaaaaaaaaa', 'x'.repeat(1_025), '\ud800 not well-formed', 'the newcomer itself', ''];
  for (const password of weak)
    await assert.rejects(
      access.users.create(admin, { name: 'newcomer', role: 'viewer', password }),
      failsWith('password-weak'),
      password,
    );
  await access.users.create(admin, { name: 'newcomer', role: 'viewer', password: '密码密码密码是很长的一句话' });
});

test('a session ends when it was not used for an hour, and twelve hours after the login', async () => {
  const { access, clock, store } = await place();
  const login = await access.login('the-viewer', PASSWORD, ADDRESS);
  clock.pass(60 * MINUTE_MS - 1);
  access.authenticate(request(login));
  clock.pass(60 * MINUTE_MS);
  assert.throws(() => access.authenticate(request(login)), failsWith('unauthenticated'));
  const other = await access.login('the-viewer', PASSWORD, ADDRESS);
  const began = clock.ms;
  while (clock.ms + 30 * MINUTE_MS < began + 12 * HOUR_MS) {
    clock.pass(30 * MINUTE_MS);
    access.authenticate(request(other));
  }
  clock.pass(30 * MINUTE_MS);
  assert.throws(() => access.authenticate(request(other)), failsWith('unauthenticated'));
  await access.login('the-viewer', PASSWORD, ADDRESS);
  assert.equal(store.rows.sessions.size, 1, 'what has expired is deleted');
});

test('the use of a session is written down once a minute at most', async () => {
  const { access, clock, store } = await place();
  const login = await access.login('the-viewer', PASSWORD, ADDRESS);
  for (let second = 0; second < 180; second += 1) {
    clock.pass(1_000);
    access.authenticate(request(login));
  }
  assert.equal(store.touches, 3);
});

test('logout, another password, disabling and removing end sessions at once; another role holds at once', async () => {
  const { access, admin } = await place();
  const session = () => access.login('the-editor', PASSWORD, ADDRESS);
  const ended = (login: Awaited<ReturnType<typeof session>>): void =>
    assert.throws(() => access.authenticate(request(login)), failsWith('unauthenticated'));
  const first = await session();
  assert.match(access.logout(access.authenticate(request(first))).join(), /^__Host-fusewire=;.*Max-Age=0/);
  ended(first);
  const second = await session();
  access.users.update(admin, 'the-editor', { role: 'viewer' });
  assert.equal(access.authenticate(request(second)).role, 'viewer');
  assert.equal(access.endSessions(admin, 'the-editor'), 1);
  ended(second);
  const third = await session();
  access.users.update(admin, 'the-editor', { disabled: true });
  ended(third);
  access.users.update(admin, 'the-editor', { disabled: false });
  ended(third);
  const fourth = await session();
  await access.users.setPassword(admin, 'the-editor', 'another fine password');
  ended(fourth);
  const fifth = await access.login('the-editor', 'another fine password', ADDRESS);
  access.users.remove(admin, 'the-editor');
  ended(fifth);
});

test('a user who is disabled while the password is looked at does not get in', async () => {
  const { access, admin } = await place();
  const login = access.login('the-editor', PASSWORD, ADDRESS);
  access.users.update(admin, 'the-editor', { disabled: true });
  await assert.rejects(login, failsWith('login-failed'));
});

test('what changes something needs the token of its session and must not come from elsewhere', async () => {
  const { access } = await place();
  const [login, other] = [
    await access.login('the-editor', PASSWORD, ADDRESS),
    await access.login('the-editor', PASSWORD, ADDRESS),
  ];
  const post = (change: Partial<Credentials>): Credentials => request(login, { method: 'POST', ...change });
  const good = { csrf: login.csrf };
  for (const change of [
    good,
    { ...good, origin: 'https://gateway.example:8480', fetch_site: 'same-origin' },
    { ...good, fetch_site: 'none' },
    { method: 'DELETE', ...good },
    { method: 'GET', csrf: null, origin: 'https://evil.example', fetch_site: 'cross-site' },
  ])
    access.authenticate(post(change));
  for (const change of [
    {},
    { csrf: '' },
    { csrf: other.csrf },
    { csrf: `${login.csrf} ` },
    { ...good, origin: 'https://evil.example' },
    { ...good, origin: 'https://gateway.example' },
    { ...good, origin: 'null' },
    { ...good, origin: '' },
    { ...good, origin: 'https://gateway.example:8480', host: null },
    { ...good, fetch_site: 'cross-site' },
    { ...good, fetch_site: 'same-site' },
    { method: 'get', csrf: null },
    { method: 'PROPFIND' },
  ])
    assert.throws(() => access.authenticate(post(change)), failsWith('csrf-failed'), JSON.stringify(change));
});

test('a WebSocket is opened from our own pages only', async () => {
  const { access } = await place();
  const login = await access.login('the-viewer', PASSWORD, ADDRESS);
  const open = (origin: string | null) => access.authenticate(request(login, { upgrade: true, origin }));
  assert.equal(open('https://gateway.example:8480').name, 'the-viewer');
  for (const origin of ['https://evil.example', null, 'null'])
    assert.throws(() => open(origin), failsWith('csrf-failed'));
});

test('without a login everybody is admin, but no page of another site and no borrowed name', async () => {
  const { access } = await place({ enabled: false });
  const local = { host: '127.0.0.1:8480' };
  assert.deepEqual(access.authenticate(request(null, local)), localIdentity(ADDRESS));
  for (const host of ['localhost:8480', '[::1]:8480', 'LOCALHOST', null])
    access.authenticate(request(null, { host, method: 'POST' }));
  for (const host of ['evil.example', 'evil.example:8480', '10.0.0.1:8480', '127.0.0.1.evil.example', ''])
    assert.throws(() => access.authenticate(request(null, { host })), failsWith('forbidden'), host);
  const post = { ...local, method: 'POST' };
  for (const change of [{ origin: 'https://evil.example' }, { origin: 'null' }, { fetch_site: 'cross-site' }])
    assert.throws(() => access.authenticate(request(null, { ...post, ...change })), failsWith('csrf-failed'));
  assert.throws(
    () => access.authenticate(request(null, { ...local, upgrade: true, origin: 'https://evil.example' })),
    failsWith('csrf-failed'),
  );
  await assert.rejects(access.login('the-admin', PASSWORD, ADDRESS), failsWith('login-failed'));
  const open = await place({ enabled: false, any_host: true });
  open.access.authenticate(request(null, { host: 'gateway.example' }));
});

test('the first admin is made with a token that holds once', async () => {
  const { access, store, admin } = await place();
  assert.equal(access.setupToken(), null, 'there are users');
  store.rows.users.clear();
  const [old, token] = [access.setupToken()!, access.setupToken()!];
  await assert.rejects(access.setup(old, 'boss', PASSWORD, ADDRESS), failsWith('login-failed'));
  await assert.rejects(access.setup('', 'boss', PASSWORD, ADDRESS), failsWith('login-failed'));
  await assert.rejects(access.setup(token, 'boss', 'weak', ADDRESS), failsWith('password-weak'));
  await assert.rejects(access.setup(token, 'Not A Name', PASSWORD, ADDRESS), failsWith('name-invalid'));
  const both = await Promise.allSettled(['boss', 'rival'].map(name => access.setup(token, name, PASSWORD, ADDRESS)));
  assert.deepEqual(both.map(one => one.status).sort(), ['fulfilled', 'rejected']);
  assert.equal(store.users.count({ role: 'admin' }), 1);
  const login = both.find(one => one.status === 'fulfilled')!;
  assert.equal(access.authenticate(request(login.value)).role, 'admin');
  await assert.rejects(access.setup(token, 'late', PASSWORD, ADDRESS), failsWith('login-failed'));
  assert.equal(access.setupToken(), null);
  assert.ok(store.rows.audit.some(one => one.actor === 'setup' && one.action === 'user.create'));
  assert.ok(access.can(admin, 'admin'));
});
