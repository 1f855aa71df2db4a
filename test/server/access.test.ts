import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Route, type RouteName, routes } from '#api';
import { as, ask, FAKE_ROLES, FakeAccess, fakeApp, sample } from './fakes.ts';

const app = await fakeApp();
const table = Object.entries(routes) as [RouteName, Route][];

/** Refused because of who asks; what comes behind that may be wrong with the request. */
const refusal = async (route: Route, headers: Record<string, string>): Promise<number | null> => {
  const response = await ask(app, route.method.toUpperCase(), sample(route.path), { headers });
  await response.body?.cancel();
  return response.status === 401 || response.status === 403 ? response.status : null;
};

test('every route asks every role for the permission that the table says', async () => {
  const access = new FakeAccess();
  let refused = 0;
  for (const [name, route] of table)
    for (const role of FAKE_ROLES) {
      const may = route.permission === 'public' || access.can({ role }, route.permission);
      refused += Number(!may);
      assert.equal(await refusal(route, as(role)), may ? null : 403, `${name} as ${role}`);
    }
  assert.ok(refused > 50);
});

test('who does not say who they are gets to public routes only', async () => {
  for (const [name, route] of table)
    for (const headers of [
      {},
      { authorization: 'Bearer nobody' },
      { authorization: 'Basic YTpi' },
      { cookie: 'fusewire=x' },
    ])
      assert.equal(await refusal(route, headers), route.permission === 'public' ? null : 401, name);
  const metrics = await ask(app, 'GET', '/metrics');
  assert.equal(metrics.status, 401);
  assert.match(metrics.headers.get('www-authenticate')!, /^Bearer/);
});

test('with a cookie, what changes something needs its CSRF token; to log in, no session is needed', async () => {
  const cookie = { cookie: 'fusewire=admin' };
  for (const [name, route] of table) {
    const changes = route.method !== 'get' && name !== 'login' && name !== 'setup';
    assert.equal(await refusal(route, cookie), changes ? 403 : null, name);
    assert.equal(await refusal(route, { ...cookie, 'x-csrf-token': 'csrf' }), null, name);
  }
});

test('one is asked before anything of the request is looked at', async () => {
  const odd = { 'content-type': 'text/odd', 'content-length': '99999999999' };
  assert.equal(
    (await ask(app, 'PUT', '/api/v1/flows/%00/draft', { headers: { ...as('viewer'), ...odd } })).status,
    403,
  );
});
