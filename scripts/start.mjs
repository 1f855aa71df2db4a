// `npm start`: the gateway with the example flow, a driver in a process of its own, the studio in the browser, and what
// happens, live. What was deployed is kept in data/: the next start goes on from there.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import open from 'open';
import { root } from './node.mjs';

const {
  FUSEWIRE_HTTP_PORT: HTTP_PORT = '8480',
  FUSEWIRE_PORT: PORT = '5555',
  FUSEWIRE_RATE: RATE = '50000',
  FUSEWIRE_BROWSER: BROWSER = 'default',
} = process.env;
const api = `http://127.0.0.1:${HTTP_PORT}`;
const drivers = `tcp://127.0.0.1:${PORT}`;
const screen = process.stdout.isTTY === true;
const FLOW = 'examples/boiler-line/flow.json';
const READY_MS = 60_000;

// Ours, not the gateway's.
const { FUSEWIRE_HTTP_PORT: _h, FUSEWIRE_PORT: _p, FUSEWIRE_RATE: _r, FUSEWIRE_BROWSER: _b, ...env } = process.env;
const children = new Set();
/** @param stdio as spawn has it. @returns the process, and a promise of its exit code */
function fusewire(args, stdio) {
  const child = spawn(process.execPath, [join(root, 'bin/fusewire'), ...args], { cwd: root, stdio, env });
  children.add(child);
  const ended = new Promise(resolve => child.on('exit', (code, signal) => resolve(signal ? 1 : code)));
  void ended.then(() => children.delete(child));
  return { child, ended };
}
const say = text => process.stdout.write(`${text}\n`);

async function answers() {
  try {
    return (await fetch(`${api}/readyz`)).ok;
  } catch {
    return false;
  }
}

/** false: the gateway has ended. */
async function ready(gateway) {
  let over = false;
  void gateway.ended.then(() => (over = true));
  for (
    const until = Date.now() + READY_MS;
    Date.now() < until && !over;
    await new Promise(next => setTimeout(next, 100))
  )
    if (await answers()) return true;
  return !over;
}

const gateway = fusewire(
  [
    'serve',
    '--data',
    'data',
    '--listen',
    `127.0.0.1:${HTTP_PORT}`,
    '--ingest',
    drivers,
    '--log-level',
    'warn',
    '--log-format',
    'pretty',
  ],
  ['ignore', screen ? 'ignore' : 'inherit', 'inherit'],
);
let stopping = false;
async function stop(code) {
  if (stopping) return;
  stopping = true;
  for (const child of children) if (child !== gateway.child) child.kill('SIGTERM');
  gateway.child.kill('SIGTERM');
  await gateway.ended;
  say(`The example wrote into ${join(root, 'data/files/output')}; what is deployed stays in data/.`);
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void stop(0));
void gateway.ended.then(code => process.exit(code ?? 1));

if (await ready(gateway)) {
  const { items } = await (await fetch(`${api}/api/v1/flows`)).json();
  if (items.length === 0) {
    say(`Deploying ${FLOW}: its 16 nodes become one WebAssembly module.`);
    const applied = fusewire(
      ['flow', 'apply', FLOW, '--deploy', '--message', 'the example', '--url', api],
      ['ignore', 'inherit', 'ignore'],
    );
    if ((await applied.ended) !== 0) await stop(1);
  }
  fusewire(['simulate', '--to', drivers, '--rate', RATE, '--quiet'], ['ignore', 'ignore', 'inherit']);
  say(`Studio ${api}/flows/boiler-line   API ${api}/docs   drivers push to ${drivers}`);
  // Where somebody sits before it. Without a browser the address is enough.
  if (screen && BROWSER !== 'none') (await open(`${api}/flows/boiler-line`)).on('error', () => undefined);
  const top = fusewire(['top', '--url', api], 'inherit');
  await stop((await top.ended) ?? 0);
}
