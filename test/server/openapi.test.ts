import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Route, routes } from '#api';
import { GATEWAY_ERRORS } from '#diagnostic';
import { ask, fakeApp } from './fakes.ts';

const app = await fakeApp();
const api = await app.openapi();
const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
const BESIDE = ['healthz', 'readyz', 'metrics', 'openapi', 'docs'];

test('every route of the table is in the document under its name, and nothing else but what stands beside the table', () => {
  const found = Object.fromEntries(
    operations.map(({ path, method, operation }) => [operation.operationId, `${method} ${path}`]),
  );
  assert.equal(Object.keys(found).length, operations.length, 'operation ids are unique');
  for (const name of BESIDE) {
    assert.ok(name in found, name);
    delete found[name];
  }
  assert.deepEqual(
    found,
    Object.fromEntries(Object.entries(routes).map(([name, { method, path }]) => [name, `${method} ${path}`])),
  );
});

test('every reference leads to a part of the document', () => {
  const wrong: string[] = [];
  const walk = (value: unknown, place: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { $ref } = value as { $ref?: string };
    if ($ref !== undefined) {
      const found = $ref
        .slice(2)
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], api);
      if (!$ref.startsWith('#/') || found === undefined) wrong.push(`${place}: ${$ref}`);
    }
    for (const [key, one] of Object.entries(value)) walk(one, `${place}.${key}`);
  };
  walk(api, '$');
  assert.deepEqual(wrong, []);
});

test('it is of version 3.1, and each operation has what readers look for', () => {
  assert.equal(api.openapi, '3.1.0');
  const groups = api.tags.map(({ name }) => name);
  assert.equal(new Set(groups).size, groups.length);
  for (const { name, description } of api.tags) assert.ok(description.length > 10, name);
  for (const { path, operation } of operations) {
    const { operationId, summary, tags, parameters = [], responses } = operation;
    assert.ok(summary.length > 3, operationId);
    assert.ok(tags.length === 1 && groups.includes(tags[0]!), `${operationId} is of a group`);
    const inPath = parameters.filter(one => one.in === 'path').map(one => one.name);
    assert.deepEqual(inPath.sort(), [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1]!).sort(), operationId);
    assert.ok(
      Object.keys(responses).some(status => /^2/.test(status)),
      operationId,
    );
  }
});

test('problems, headers and permissions stand where the table says so', () => {
  for (const [name, route] of Object.entries(routes) as [string, Route][]) {
    const operation = api.paths[route.path]![route.method]!;
    for (const status of [400, 401, 403, 429, 500, ...(route.problems ?? [])])
      assert.deepEqual(
        operation.responses[status],
        { $ref: `#/components/responses/Problem${status}` },
        `${name} ${status}`,
      );
    const headers = (operation.parameters ?? []).filter(one => one.in === 'header').map(one => one.name);
    assert.equal(headers.includes('If-Match'), route.ifMatch !== undefined, name);
    assert.equal(headers.includes('Idempotency-Key'), route.idempotent === true, name);
    assert.equal(operation['x-permission'], route.permission);
    assert.equal(
      operation.security?.some(one => Object.keys(one).length === 0),
      route.permission === 'public',
      name,
    );
  }
});

test('the examples are what the routes take', () => {
  let seen = 0;
  for (const [name, route] of Object.entries(routes) as [string, Route][]) {
    const example = api.paths[route.path]![route.method]!.requestBody?.content['application/json']?.example;
    if (example === undefined || route.body === undefined || 'bytes' in route.body) continue;
    seen += 1;
    assert.ok(route.body.safeParse(example).success, name);
  }
  assert.ok(seen > 10);
});

test('the page for people has every route, shape and code, and loads nothing from elsewhere', async () => {
  const response = await ask(app, 'GET', '/docs');
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type')!, /^text\/html/);
  const html = await response.text();
  for (const { operation } of operations)
    assert.ok(html.includes(`id="${operation.operationId}"`), operation.operationId);
  for (const name of Object.keys(api.components.schemas)) assert.ok(html.includes(`id="shape-${name}"`), name);
  for (const code of Object.keys(GATEWAY_ERRORS)) assert.ok(html.includes(`id="${code}"`), code);
  assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//);
  assert.doesNotMatch(html, /<script>|<style|\son\w+=|style="/, 'nothing inline: the policy allows none');
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(match => match[1]!);
  assert.deepEqual(
    ids.filter((id, at) => ids.indexOf(id) !== at),
    [],
    'ids are unique',
  );
  const targets = [...html.matchAll(/href="#([^"]+)"/g)].map(match => match[1]!);
  assert.deepEqual(
    [...new Set(targets)].filter(target => !ids.includes(target)),
    [],
  );
  for (const path of ['/docs/style.css', '/docs/copy.js']) assert.equal((await ask(app, 'GET', path)).status, 200);
});
