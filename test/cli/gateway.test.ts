/** Commands that look at a gateway, and how they fail. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { FlowStatusDto, LibraryNodeFullDto, TagDto } from '#api';
import { BOILER } from '../support/fake-gateway.ts';
import { Remote } from '../support/remote.ts';

let remote: Remote;
before(async () => {
  remote = await Remote.start();
  const flow = remote.gateway.world.create('boiler', 'Boiler', BOILER);
  remote.gateway.world.version(flow, 'first');
  Object.assign(flow, { deployed: 1, state: 'running' });
});
after(() => remote.close());
const run = (...args: string[]) => remote.run(args);

test('status, tags, drivers, audit: tables for people, the API’s shapes for programs', async () => {
  const [status, tags, drivers, audit, flows] = await Promise.all([
    run('status'),
    run('tags', 'line1/#'),
    run('drivers'),
    run('audit', '--action', 'flow.deploy'),
    run('flow', 'show', 'boiler'),
  ]);
  assert.match(status.out, /^fusewire 0\.5\.1 {3}up 1 d 1 h {3}ready/);
  assert.match(status.out, /^boiler +running +1 +1,500 +2 /m);
  assert.match(tags.out, /^tag +value +quality .*\nline1\/cell1\/temp +20 °C +0 +50 .*\nline1\/cell2.*\n$/);
  assert.match(drivers.out, /^ +0 +127\.0\.0\.1:40001 +1,000 +50 +1 +0$/m);
  assert.match(audit.out, /^2026-03-01 08:30:00 +ann +127\.0\.0\.1 +flow\.deploy +boiler +\{"version":1\}$/m);
  assert.match(
    flows.out,
    /^Boiler \(boiler\)\n {2}state +running\n {2}version +1\n.*\nhot +filter +250 +1 +33\.3 +line1\/hot = 21 °C$/ms,
  );
  const [gateway, page] = await Promise.all([
    remote.json<{ flows: FlowStatusDto[] }>('status'),
    remote.json<{ items: TagDto[]; next: null }>('tags', '-n', '2'),
  ]);
  assert.deepEqual([gateway.flows[0]!.id, gateway.flows[0]!.rate], ['boiler', 1_500]);
  assert.deepEqual([page.items.length, page.next], [2, '2']);
});

test('trace shows each record’s way as a tree', async () => {
  const { code, out } = await run('trace', 'boiler', '--match', 'line1/#', '-n', '2');
  assert.equal(code, 0);
  const tree = ['  in.out       ', '    hot.true   ', '      out.out  '].map(
    (name, i) => `${name}line1/temp = ${20 + i} °C\n`,
  );
  assert.ok(out.startsWith(`record 41, 2026-03-01 08:30:00\n${tree.join('')}`), out);
  assert.equal(out.split('record 41').length, 3);
  assert.equal((await run('trace', 'boiler', '-n', '101')).code, 2);
});

test('top in a pipe prints tables, one after the other, and JSON lines', async () => {
  const [flows, nodes, json] = await Promise.all([
    run('top', '-n', '2', '--interval', '100'),
    run('top', 'boiler', '-n', '1'),
    run('top', '-n', '2', '--json', '--interval', '100'),
  ]);
  assert.equal(flows.code, 0);
  assert.equal(flows.out.match(/^flow +state +ver/gm)?.length, 2);
  assert.match(nodes.out, /^Boiler \(boiler\) {3}running.*^node +type +in\/s.*^hot +filter .*^sink +kind/ms);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  assert.doesNotMatch(flows.out + nodes.out, /\u001b/);
  const lines = json.out.trimEnd().split('\n');
  assert.deepEqual(
    lines.map(line => JSON.parse(line).flows[0].id),
    ['boiler', 'boiler'],
  );
});

test('logs: the last ones, those of a flow, and what comes, none twice', async () => {
  remote.gateway.log('before');
  remote.gateway.log('of the boiler\u001b[2J', 'boiler');
  const some = await run('logs', '--flow', 'boiler');
  assert.equal(some.out, '2026-03-01 08:30:00 warn  boiler of the boiler\\u{1b}[2J\n');
  let later = 0;
  const timer = setInterval(() => remote.gateway.log(`later ${later++}`), 20);
  const follow = ['logs', '-f', '-n', '500'];
  const { out } = await remote.run(follow, { until: text => text.split('later').length > 50 });
  clearInterval(timer);
  const lines = out
    .trimEnd()
    .split('\n')
    .map(line => line.replace(/^.*warn {2}/, ''));
  assert.deepEqual(lines.slice(0, 3), ['before', 'boiler of the boiler\\u{1b}[2J', 'later 0']);
  assert.deepEqual(
    lines.slice(2),
    lines.slice(2).map((_, i) => `later ${i}`),
  );
  const json = await remote.run(['logs', '-f', '--json', '--level', 'warn'], { until: out => out.includes('later') });
  const seqs = json.out
    .trimEnd()
    .split('\n')
    .map(line => (JSON.parse(line) as { seq: number }).seq);
  assert.deepEqual(
    seqs,
    [...new Set(seqs)].sort((a, b) => a - b),
  );
});

test('dead letters of a flow on the gateway, as those in a folder', async () => {
  remote.gateway.letters('boiler', 'not\u0007 now', 'no', 'never');
  const [ls, show, json] = await Promise.all([
    run('dlq', 'ls', '--flow', 'boiler'),
    run('dlq', 'show', '0', '77', '--flow', 'boiler'),
    run('dlq', 'show', '1', '--flow', 'boiler', '--json'),
  ]);
  assert.match(ls.out, /^id +time .*\n 2 .* error +hot +2 +4 B +never\n 1 .*\n 0 .*not\\u\{7\} now\n$/);
  assert.deepEqual([show.code, show.err], [2, 'there is no dead letter 77\n']);
  assert.match(
    show.out,
    /dead letter 0,.*node {4}hot \(filter\), input in.*path {4}in → hot.*message 4 bytes of text: msg0\n$/s,
  );
  assert.equal(JSON.parse(json.out)[0].message_base64, Buffer.from('msg1').toString('base64'));
  const exported = await run('dlq', 'export', 'letters', '--flow', 'boiler');
  assert.equal(exported.out, '3 dead letters written to letters\n');
  assert.equal(readdirSync(join(remote.home, 'letters')).length, 6);
  assert.equal(readFileSync(join(remote.home, 'letters/2.bin'), 'utf8'), 'msg2');
  const retried = await run('dlq', 'retry', '0', '9', '--flow', 'boiler');
  assert.deepEqual([retried.code, retried.out, retried.err], [3, '1 retried\n', '9: there is none\n']);
  assert.equal((await run('dlq', 'drop', 'all', '--flow', 'boiler')).out, '2 dropped\n');
  const [neither, both, unknown] = await Promise.all([
    run('dlq', 'ls'),
    run('dlq', 'ls', '--flow', 'boiler', '--state', 'x'),
    run('dlq', 'show', '1', '--flow', 'nobody'),
  ]);
  assert.deepEqual([neither.code, both.code, unknown.code], [2, 2, 2]);
  assert.match(unknown.err, /there is no flow nobody/);
});

test('node: push, with a manifest too, show, pull, deprecate, rm', async () => {
  const file = remote.file('own.wasm', new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  const pushed = await run('node', 'push', file);
  assert.match(pushed.out, /^own@1\.0\.0 \S+… is in the library\n$/, pushed.err);
  const again = await run('node', 'push', file);
  assert.match(again.out, /was in the library already/);
  const [shown, list, pulled] = await Promise.all([
    remote.json<LibraryNodeFullDto>('node', 'show', 'own'),
    run('node', 'ls', 'own'),
    run('node', 'pull', 'own@1.0.0', '-o', '-'),
  ]);
  assert.match(list.out, new RegExp(`^own +1.0.0 .* upload .*${shown.hash.slice(0, 12)}…`, 'm'));
  assert.equal(pulled.out, '\0asm\u0001\0\0\0');
  const deprecated = await remote.json<LibraryNodeFullDto>(
    'node',
    'deprecate',
    shown.hash.slice(0, 10),
    '--note',
    'use filter',
  );
  assert.deepEqual([deprecated.deprecated, deprecated.deprecation_note], [true, 'use filter']);
  assert.equal((await run('node', 'rm', 'own')).out, 'own@1.0.0 is deleted\n');
  const pinned = await run('node', 'rm', 'filter');
  assert.deepEqual([pinned.code, pinned.err], [3, 'error[node-pinned]: flows pin it: boiler (version 1)\n']);
  const manifest = remote.file('manifest.json', '{}');
  assert.equal((await run('node', 'push', file, '--manifest', manifest)).code, 0);
  assert.equal((await run('node', 'show', 'nothing')).code, 2);
});

test('secrets come on standard input, never by an argument, and never come back', async () => {
  const set = await remote.run(['secret', 'set', 'mqtt'], { input: 'hush hush\n' });
  assert.deepEqual([set.code, set.out], [0, 'mqtt is set\n'], set.err);
  assert.equal(remote.gateway.users.secrets.get('mqtt')!.value, 'hush hush');
  assert.equal((await run('secret', 'set', 'mqtt', 'hush')).code, 2);
  assert.equal((await run('secret', 'set', 'empty')).code, 2);
  const list = await run('secret', 'ls');
  assert.match(list.out, /^mqtt +2026.* +nobody$/m);
  assert.doesNotMatch(list.out, /hush/);
  assert.equal((await run('secret', 'rotate-key')).out, '1 secret is encrypted with a new key\n');
  assert.equal((await run('secret', 'rm', 'mqtt')).code, 0);
});

test('no gateway, a wrong address, something else that answers', async () => {
  const page = createServer((_, response) => void response.end('<html>')).listen(0, '127.0.0.1');
  after(() => void page.close());
  const free = createServer().listen(0, '127.0.0.1');
  await Promise.all([once(page, 'listening'), once(free, 'listening')]);
  const [url, gone] = [page, free].map(one => `http://127.0.0.1:${(one.address() as AddressInfo).port}`);
  await new Promise(resolve => free.close(resolve));
  const [nobody, wrong, other, odd] = await Promise.all([
    run('status', '--url', gone!),
    run('status', '--url', 'localhost:8480'),
    remote.run(['status'], { env: { FUSEWIRE_URL: url! } }),
    run('flow', 'show', '../../session'),
  ]);
  assert.equal(nobody.code, 3);
  assert.match(
    nobody.err,
    new RegExp(`^no gateway answers at ${gone} \\(.*ECONNREFUSED.*\\): start one with: fusewire serve\n`),
  );
  assert.deepEqual([wrong.code, /is no address of a gateway/.test(wrong.err)], [2, true]);
  assert.deepEqual([other.code, /error\[answer-invalid\]/.test(other.err)], [3, true]);
  assert.deepEqual([odd.code, /is no flow/.test(odd.err)], [2, true]);
});
