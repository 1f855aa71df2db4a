/** Secrets of sinks, from end to end. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { type Route, routes } from '#api';
import { backup } from '#repository';
import { fails, lineTo, Plant } from '../support/plant.ts';
import { update } from '../support/process.ts';
import { until } from '../support/until.ts';

const SECRET = 'hunter2-and-more-of-it';
const root = mkdtempSync(join(tmpdir(), 'fusewire-secrets-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** Where a sink sends to. @param status of the answer to the nth request, from 1. @returns headers of all that came */
async function endpoint(
  t: TestContext,
  status: (count: number) => number,
): Promise<{ got: IncomingHttpHeaders[]; url: string }> {
  const got: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    got.push(request.headers);
    request.resume();
    request.on('end', () => response.writeHead(status(got.length)).end());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

test('secrets reach the sink, and nothing else: no answer, no log, no artifact, no backup', async t => {
  const { got, url } = await endpoint(t, count => (count > 1 ? 400 : 200));
  const plant = await Plant.start(root);
  t.after(() => plant.stop());
  const admin = plant.client;
  const params = { flow: 'secretive' };
  const document = lineTo('x', { name: 'secretive', tags: ['x'] });
  const props = { url, headers: { authorization: 'Bearer ${secret:broker}' } };
  document.nodes[1] = { id: 'out', node_type: 'http_sink', props };
  await admin.call('createFlow', { body: { id: 'secretive', name: 'secretive', document } });
  const deploy = async (): Promise<string | undefined> => {
    let code: string | undefined;
    for await (const one of admin.followDeploy((await admin.call('deployFlow', { params })).id)) code = one.error?.code;
    return code;
  };
  assert.equal(await deploy(), 'secret-missing');
  assert.equal((await admin.call('getFlow', { params })).state, 'stopped');
  const head = await admin.call('putSecret', { params: { name: 'broker' }, body: { value: SECRET } });
  assert.equal(JSON.stringify(head).includes(SECRET), false);
  assert.equal(await deploy(), undefined);
  await plant.send([update('x', 1), update('x', 2)]);
  await until(() => got.length === 2);
  assert.deepEqual(
    got.map(one => one.authorization),
    [`Bearer ${SECRET}`, `Bearer ${SECRET}`],
  );
  // The second one was refused for good: it is a dead letter, with a reason.
  await until(async () => (await admin.call('listDeadLetters', { params })).items.length === 1);
  assert.deepEqual((await admin.call('listSecrets')).items[0]!.used_by, ['secretive']);
  await assert.rejects(admin.call('removeSecret', { params: { name: 'broker' } }), fails('in-use'));
  const answers = await Promise.all(
    Object.values(routes as Record<string, Route>)
      .filter(({ method, answer }) => method === 'get' && !(answer !== null && 'events' in answer))
      .map(async ({ path }) => {
        const filled = path.replace('{flow}', 'secretive').replace(/\{(version|letter|deploy)\}/, '1');
        return Buffer.from(await (await fetch(plant.server.url + filled)).arrayBuffer());
      }),
  );
  const hidden = [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString('base64')];
  const shows = (bytes: Buffer): boolean => hidden.some(one => bytes.includes(one));
  assert.ok(answers.every(one => !shows(one)));
  assert.ok(!shows(Buffer.from(plant.log.join('\n'))));
  const into = join(root, 'backup');
  await backup(plant.data, into);
  for (const folder of [plant.data, into])
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const file = join(folder, name);
      if (statSync(file).isFile()) assert.ok(!shows(readFileSync(file)), file);
    }
  await admin.call('stopFlow', { params });
  await until(async () => (await admin.call('getFlow', { params })).desired === 'stopped');
  await admin.call('removeSecret', { params: { name: 'broker' } });
  await assert.rejects(admin.call('removeSecret', { params: { name: 'broker' } }), fails('secret-missing'));
  const { items } = await admin.call('listAudit', { query: { target: 'broker' } });
  assert.deepEqual(
    items.map(one => [one.action, one.actor]),
    [
      ['secret.remove', 'local'],
      ['secret.put', 'local'],
    ],
  );
});

test('a new key while a flow runs: what it has stays, what starts anew reads its secrets by it', async t => {
  const { got, url } = await endpoint(t, () => 200);
  const plant = await Plant.start(root);
  t.after(() => plant.stop());
  await plant.client.call('putSecret', { params: { name: 'broker' }, body: { value: SECRET } });
  const document = lineTo('x', { name: 'rotated', tags: ['x'] });
  const props = { url, headers: { authorization: 'Bearer ${secret:broker}' } };
  document.nodes[1] = { id: 'out', node_type: 'http_sink', props };
  await plant.run('rotated', document);
  const key = (): Buffer => readFileSync(join(plant.data, 'secrets.key'));
  const old = key();
  assert.deepEqual(await plant.client.call('rotateSecretsKey'), { secrets: 1 });
  assert.notDeepEqual(key(), old);
  await plant.send([update('x', 1)]);
  await until(() => got.length === 1);
  await plant.act('stop', 'rotated');
  await plant.act('start', 'rotated');
  await plant.send([update('x', 2)]);
  await until(() => got.length === 2);
  assert.deepEqual(
    got.map(one => one.authorization),
    [`Bearer ${SECRET}`, `Bearer ${SECRET}`],
  );
  const { items } = await plant.client.call('listAudit', { query: { action: 'secret.rotate' } });
  assert.equal(items.length, 1);
});
