/** What is under way when the power goes: three people who change and deploy, a driver, a flow that must lose nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '#client';
import { dialPush } from '#connectors';
import { frames } from '../../test/support/generate.ts';
import { lineTo, SUM, scale } from '../../test/support/plant.ts';
import { MOODY, update } from '../../test/support/process.ts';
import type { Ledger } from './ledger.ts';

export const FLOWS = ['north', 'east', 'south'] as const;
/** Durable, and its sink syncs: sums up what comes, one line for each. */
export const DURABLE = 'durable';
/** A flow is deployed after so many drafts. */
export const DRAFTS_PER_DEPLOY = 3;
const UPDATES = 20;
const PAUSE_MS = 3;

/** Its n-th draft is told by the factor. */
const drawn = (flow: string, factor: number): object =>
  lineTo(`${flow}.jsonl`, { name: flow, tags: ['x'], nodes: [scale(factor)] });

function summing(): object {
  const document = lineTo(`${DURABLE}.jsonl`, { name: DURABLE, tags: ['s'], nodes: [SUM], durable: true });
  const sink = document.nodes.at(-1)!;
  return {
    ...document,
    nodes: [...document.nodes.slice(0, -1), { ...sink, props: { ...sink.props, fsync: 'batch' } }],
  };
}

async function deploy(client: Client, flow: string): Promise<void> {
  let job = await client.call('deployFlow', { params: { flow } });
  for await (const one of client.followDeploy(job.id)) job = one;
  if (job.state !== 'done') throw new Error(JSON.stringify(job.error));
}

/** @param isOver ends it. @returns how many updates the driver has sent */
export async function load(client: Client, ingest: string, ledger: Ledger, isOver: () => boolean): Promise<number> {
  await client.call('createFlow', { body: { id: DURABLE, name: DURABLE, document: summing() } });
  await ledger.note('deploy', DURABLE, 1, () => deploy(client, DURABLE));
  const upload = ledger.note('node', '', 1, () => client.call('uploadNode', { body: MOODY }));
  const [sent] = await Promise.all([
    drive(ingest, isOver),
    upload,
    ...FLOWS.map(one => edit(client, one, ledger, isOver)),
  ]);
  return sent;
}

async function drive(ingest: string, isOver: () => boolean): Promise<number> {
  const push = await dialPush(ingest);
  let sent = 0;
  while (!isOver()) {
    const first = sent + 1;
    const some = Array.from({ length: UPDATES }, (_, i) => update('s', first + i));
    sent += UPDATES;
    await push.write(frames(some, push.ipc));
    await sleep(PAUSE_MS);
  }
  await push.close();
  return sent;
}

async function edit(client: Client, flow: string, ledger: Ledger, isOver: () => boolean): Promise<void> {
  const params = { flow };
  const first = { id: flow, name: flow, document: drawn(flow, 0) };
  await ledger.note('flow', flow, 1, () => client.call('createFlow', { body: first }));
  for (let n = 1; !isOver(); n += 1) {
    const body = { document: drawn(flow, n) };
    await ledger.note('draft', flow, n, () => client.call('saveDraft', { params, body, ifMatch: '*' }));
    const secret = { params: { name: flow }, body: { value: String(n) } };
    await ledger.note('secret', flow, n, () => client.call('putSecret', secret));
    if (n % DRAFTS_PER_DEPLOY === 0)
      await ledger.note('deploy', flow, n / DRAFTS_PER_DEPLOY, () => deploy(client, flow));
  }
}
