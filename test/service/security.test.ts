/** A gateway that asks for logins, from end to end: who may do what, what is written down, what nobody gets to see. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Permission, ROLES, type Route, routes } from '#api';
import { ApiProblem, Client } from '#client';
import { fails, lineTo, Plant } from '../support/plant.ts';

const PASSWORD = 'correct horse battery';
const root = mkdtempSync(join(tmpdir(), 'fusewire-security-'));
const plant = await Plant.start(root, {
  config: config => ({ ...config, auth: { ...config.auth, enabled: true, login_failures: 3 }, stop_ms: 500 }),
});
const { url } = plant.server;
/** By role, with a token each. */
const clients = new Map<string, { client: Client; token: string }>();
const as = (role: string): Client => clients.get(role)!.client;

after(async () => {
  await plant.stop();
  rmSync(root, { recursive: true, force: true });
});

test('nobody is in before the first admin is made, with the token of the log, once', async () => {
  const anyone = new Client({ url });
  assert.equal((await anyone.call('getSession')).setup, true);
  await assert.rejects(anyone.call('listFlows'), fails('unauthenticated'));
  const token = plant.server.setup_token!;
  const body = { token, user: 'admin', password: PASSWORD };
  await assert.rejects(anyone.call('setup', { body: { ...body, token: 'x' } }), fails('login-failed'));
  await assert.rejects(anyone.call('setup', { body: { ...body, password: 'short' } }), fails('password-weak'));
  assert.equal((await anyone.call('setup', { body })).role, 'admin');
  await assert.rejects(
    anyone.call('setup', { body: { ...body, user: 'other' } }),
    (error: ApiProblem) => error.status < 500,
  );
  assert.equal((await anyone.call('getSession')).setup, false);
});

test('a session: cookie and CSRF token; a request of another site is refused; a logout ends it', async () => {
  const admin = new Client({ url });
  const session = await admin.login('admin', PASSWORD);
  assert.deepEqual([session.user, session.role, session.auth], ['admin', 'admin', true]);
  const login = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'admin', password: PASSWORD }),
  });
  const cookie = login.headers
    .getSetCookie()
    .map(one => one.split(';')[0])
    .join('; ');
  const { csrf } = (await login.json()) as { csrf: string };
  const create = async (headers: Record<string, string>): Promise<number> => {
    const all = { 'content-type': 'application/json', cookie, ...headers };
    const body = JSON.stringify({ name: 'made by cookie' });
    return (await fetch(`${url}/api/v1/flows`, { method: 'POST', headers: all, body })).status;
  };
  assert.equal(await create({}), 403);
  assert.equal(await create({ 'x-csrf-token': 'x' }), 403);
  assert.equal(await create({ 'x-csrf-token': csrf, origin: 'https://evil.example' }), 403);
  assert.equal(await create({ 'x-csrf-token': csrf, 'sec-fetch-site': 'cross-site' }), 403);
  assert.equal(await create({ 'x-csrf-token': csrf }), 201);
  const again = (await (await fetch(`${url}/api/v1/session`, { headers: { cookie } })).json()) as typeof session;
  assert.deepEqual([again.user, again.csrf], ['admin', csrf], 'a page that begins anew can go on with the session');
  assert.ok(Date.parse(again.expires_at!) > Date.now());
  await admin.call('logout');
  await assert.rejects(admin.call('listFlows'), fails('unauthenticated'));
});

test('users with roles, and tokens that are no more than their users', async () => {
  const admin = new Client({ url });
  await admin.login('admin', PASSWORD);
  for (const role of ROLES) {
    const name = `the-${role}`;
    await admin.call('createUser', { body: { name, role, password: PASSWORD } });
    const user = new Client({ url });
    await user.login(name, PASSWORD);
    const { token } = await user.call('createToken', { body: { name: 'all that I may' } });
    clients.set(role, { client: new Client({ url, token }), token });
    const { items } = await as(role).call('listTokens');
    assert.ok(items.length > 0 && (role === 'admin' || items.every(one => one.user === name)));
  }
  await assert.rejects(
    admin.call('createUser', { body: { name: 'the-viewer', role: 'viewer', password: PASSWORD } }),
    fails('exists'),
  );
  const too = as('viewer').call('createToken', { body: { name: 'more', role: 'admin' } });
  const made = await too.then(
    one => one.token,
    () => null,
  );
  if (made) assert.equal((await new Client({ url, token: made }).call('getSession')).role, 'viewer');
  assert.deepEqual(
    (await admin.call('listUsers')).items.map(one => one.name).sort(),
    ['admin', ...ROLES.map(one => `the-${one}`)].sort(),
  );
});

/** The least role of each permission, as docs/security.md has it. */
const LEAST: Record<Exclude<Permission, 'public'>, (typeof ROLES)[number]> = {
  read: 'viewer',
  edit: 'editor',
  deploy: 'operator',
  operate: 'operator',
  admin: 'admin',
};

test('every route asks for its role, whatever else is wrong with the request', async () => {
  // Of nothing that there is, with bodies that fit nowhere: who may is told so, who may not is told that.
  const path = (route: Route): string =>
    route.path.replace(/\{\w+\}/g, name =>
      name === '{hash}' ? 'f'.repeat(64) : name === '{version}' ? '77' : 'nobody',
    );
  const ask = async (route: Route, token: string | null): Promise<number> => {
    const response = await fetch(url + path(route), {
      method: route.method.toUpperCase(),
      headers: { ...(token !== null && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
      ...(route.method !== 'get' && route.body && { body: '{"no": "such"}' }),
    });
    await response.body?.cancel();
    return response.status;
  };
  for (const [name, route] of Object.entries(routes) as [string, Route][]) {
    if (route.permission === 'public') continue;
    assert.equal(await ask(route, null), 401, `${name} without a token`);
    assert.equal(await ask(route, 'x'.repeat(50)), 401, `${name} with a wrong one`);
    for (const role of ROLES) {
      const may: boolean = ROLES.indexOf(role) >= ROLES.indexOf(LEAST[route.permission]);
      const status = await ask(route, clients.get(role)!.token);
      // Whether others have such a token is not told.
      if (name === 'revokeToken' && role !== 'admin') assert.equal(status, 403);
      else
        assert.ok(may ? ![401, 403].includes(status) && status < 500 : status === 403, `${name} as ${role}: ${status}`);
    }
  }
});

test('a user that is changed, disabled or removed loses what it had at once', async () => {
  const admin = as('admin');
  await admin.call('createUser', { body: { name: 'short', role: 'operator', password: PASSWORD } });
  const user = new Client({ url });
  await user.login('short', PASSWORD);
  const { token, id } = await user.call('createToken', { body: { name: 'mine' } });
  const byToken = new Client({ url, token });
  await admin.call('changeUser', { params: { name: 'short' }, body: { role: 'viewer' } });
  await assert.rejects(byToken.call('createFlow', { body: { name: 'x' } }), fails('forbidden'));
  await assert.rejects(user.call('changeOwnPassword', { body: { old: 'wrong', new: `${PASSWORD} 2` } }), ApiProblem);
  const again = new Client({ url });
  await again.login('short', PASSWORD);
  await again.call('changeOwnPassword', { body: { old: PASSWORD, new: `${PASSWORD} 2` } });
  await assert.rejects(new Client({ url }).login('short', PASSWORD), fails('login-failed'));
  const last = new Client({ url });
  await last.login('short', `${PASSWORD} 2`);
  const tokens = (await last.call('listTokens')).items;
  if (tokens.some(one => one.id === id)) await last.call('revokeToken', { params: { id } });
  await assert.rejects(byToken.call('listFlows'), fails('unauthenticated'));
  const shown = (await last.call('listTokens')).items.find(one => one.id === id);
  assert.notEqual(shown?.revoked_at, null, 'a token that is listed still is listed as revoked');
  await admin.call('changeUser', { params: { name: 'short' }, body: { disabled: true } });
  await assert.rejects(last.call('listFlows'), fails('unauthenticated'));
  await admin.call('removeUser', { params: { name: 'short' } });
  await assert.rejects(admin.call('removeUser', { params: { name: 'short' } }), fails('not-found'));
  await assert.rejects(new Client({ url }).login('short', `${PASSWORD} 2`), fails('login-failed'));
});

test('the last admin stays', async () => {
  await as('admin').call('changeUser', { params: { name: 'admin' }, body: { role: 'viewer' } });
  const name = { params: { name: 'the-admin' } };
  await assert.rejects(as('admin').call('removeUser', name), fails('last-admin'));
  await assert.rejects(as('admin').call('changeUser', { ...name, body: { disabled: true } }), fails('last-admin'));
});

test('who tries too often has to wait, and is told how long', async () => {
  const statuses: number[] = [];
  let retry: string | null = null;
  for (let i = 0; i < 6; i += 1) {
    const response = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'the-viewer', password: 'not this one' }),
    });
    statuses.push(response.status);
    retry = response.headers.get('retry-after') ?? retry;
  }
  assert.deepEqual([statuses[0], statuses.at(-1)], [401, 429]);
  assert.ok(Number(retry) >= 1);
});

test('every change is in the audit: who, what, of what, from where', async () => {
  const editor = as('editor');
  const params = { flow: 'audited' };
  await editor.call('createFlow', { body: { id: 'audited', name: 'audited', document: lineTo('audited.jsonl') } });
  await editor.call('saveDraft', {
    params,
    body: { document: lineTo('audited.jsonl', { tags: ['x'] }) },
    ifMatch: '*',
  });
  await editor.call('createVersion', { params });
  await editor.call('changeFlow', { params, body: { overload: 'drop' } });
  await editor.call('checkDraft', { params });
  await assert.rejects(editor.call('deployFlow', { params }), fails('forbidden'));
  await as('operator').call('deployFlow', { params });
  const { items } = await as('admin').call('listAudit', { query: { target: 'audited' } });
  assert.deepEqual(items.map(one => [one.action, one.actor, one.address]).reverse(), [
    ['createFlow', 'the-editor', '127.0.0.1'],
    ['saveDraft', 'the-editor', '127.0.0.1'],
    ['createVersion', 'the-editor', '127.0.0.1'],
    ['changeFlow', 'the-editor', '127.0.0.1'],
    ['deployFlow', 'the-operator', '127.0.0.1'],
  ]);
  const actions = new Set<string>();
  for (let after: string | undefined; ; ) {
    const page = await as('admin').call('listAudit', { query: { after, limit: 50 } });
    for (const one of page.items) actions.add(one.action);
    if (page.next === null) break;
    after = page.next;
  }
  for (const action of ['login', 'user.create', 'user.update', 'user.remove', 'token.create'])
    assert.ok(actions.has(action), `${action} among ${[...actions].join(', ')}`);
  const text = JSON.stringify((await as('admin').call('listAudit', { query: { limit: 500 } })).items);
  assert.ok(![PASSWORD, ...[...clients.values()].map(one => one.token)].some(one => text.includes(one)));
});
