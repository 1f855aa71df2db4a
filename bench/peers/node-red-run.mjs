/**
 * Runs in a process of its own with Node-RED installed in the folder given: the flow of bench/core-flow.json drawn with
 * Node-RED's own nodes, fed with messages that are decoded already. Prints {ns_per_message, messages, alarms, loads} as JSON.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [install, count] = [process.argv[2], Number(process.argv[3])];
const RED = createRequire(join(install, 'package.json'))('node-red');
const WARM_UP = 20_000;
/** Messages between two looks of the event loop at what they have set going. */
const BURST = 200;

const sunk = { alarms: 0, loads: 0, bytes: 0 };
const wire = (...ids) => [ids];
const tab = { id: 'tab', type: 'tab', label: 'bench' };
const node = (id, type, wires, rest) => ({ id, z: 'tab', type, wires, ...rest });
const rule = (t, v, vt = 'num') => ({ t, v, vt });
const sink = (id, name) =>
  node(id, 'function', [], {
    outputs: 0,
    func: `const s = global.get('sunk'); const batch = context.get('b') || []; batch.push(JSON.stringify(msg)); s.${name}++;
if (batch.length >= 1000) { s.bytes += batch.join('\\n').length; context.set('b', []); } else context.set('b', batch);`,
  });
const flow = [
  tab,
  node('in', 'switch', wire('good'), {
    property: 'topic',
    propertyType: 'msg',
    rules: [{ t: 'regex', v: '^line1/[^/]+/(temp|pressure)$', vt: 'str', case: false }],
    checkall: 'false',
    outputs: 1,
  }),
  node('good', 'switch', wire('split'), {
    property: 'quality',
    propertyType: 'msg',
    rules: [rule('eq', '0')],
    checkall: 'false',
    outputs: 1,
  }),
  node('split', 'function', [['range'], [], [], []], { outputs: 4, func: 'return [msg, msg, msg, msg];' }),
  node('range', 'switch', [['scaled'], ['load']], {
    property: 'payload',
    propertyType: 'msg',
    rules: [rule('gt', '90'), rule('lt', '47')],
    checkall: 'false',
    outputs: 2,
  }),
  node('scaled', 'function', wire('alarms'), { outputs: 1, func: 'msg.payload = msg.payload * 1.8 + 32; return msg;' }),
  node('load', 'function', wire('loads'), { outputs: 1, func: 'msg.payload = msg.payload + 1; return msg;' }),
  sink('alarms', 'alarms'),
  sink('loads', 'loads'),
];

/** Every third message is a motor's; temperatures swing through both limits. */
function message(n) {
  const cell = String((Math.floor(n / 3) % 50) + 1).padStart(2, '0');
  const what = ['temp', 'pressure', 'motor'][n % 3];
  const phase = (n % 240) / 240;
  const payload = what === 'temp' ? 45 + 50 * phase : what === 'pressure' ? 3.5 + 5 * phase : 1;
  return { topic: `line1/cell${cell}/${what}`, payload, quality: 0, timestamp: 1.7e15 + n, seq: n + 1 };
}
function expected(from, to) {
  let [alarms, loads] = [0, 0];
  for (let n = from; n < to; n += 1) {
    const { topic, payload } = message(n);
    if (topic.endsWith('motor')) continue;
    if (payload > 90) alarms += 1;
    else if (payload < 47) loads += 1;
  }
  return { alarms, loads };
}

const userDir = mkdtempSync(join(tmpdir(), 'fusewire-node-red-'));
writeFileSync(join(userDir, 'flows.json'), JSON.stringify(flow));
const server = createServer();
RED.init(server, {
  userDir,
  flowFile: 'flows.json',
  httpAdminRoot: false,
  httpNodeRoot: false,
  functionGlobalContext: { sunk },
  logging: { console: { level: 'error', metrics: false, audit: false } },
});
await new Promise(resolve => {
  RED.events.once('flows:started', resolve);
  void RED.start();
});
const source = RED.nodes.getNode('in');

async function run(from, to) {
  const goal = expected(from, to);
  const had = { ...sunk };
  for (let n = from; n < to; ) {
    for (const end = Math.min(n + BURST, to); n < end; n += 1) source.receive(message(n));
    await new Promise(setImmediate);
  }
  while (sunk.alarms - had.alarms < goal.alarms || sunk.loads - had.loads < goal.loads) await new Promise(setImmediate);
}

await run(0, WARM_UP);
const began = performance.now();
await run(WARM_UP, WARM_UP + count);
const ns_per_message = ((performance.now() - began) * 1e6) / count;
await RED.stop();
rmSync(userDir, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify({ ns_per_message, messages: count, ...sunk })}\n`);
process.exit(0);
