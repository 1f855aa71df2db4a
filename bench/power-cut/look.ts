/** What is found on a disk whose power was cut, and whether it is what it should be. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '#client';
import type { FlowDocument } from '#flow';
import { linesOf } from '../../test/support/plant.ts';
import { ServedProcess } from '../../test/support/served-process.ts';
import type { Cut, Ledger } from './ledger.ts';
import { DRAFTS_PER_DEPLOY, DURABLE, FLOWS } from './load.ts';

const RUNS_WITHIN_MS = 60_000;
const LOOK_MS = 50;

/** @returns what is wrong */
export async function findings(root: string, ledger: Ledger, cut: Cut): Promise<string[]> {
  const data = join(root, 'data');
  const served = new ServedProcess(data);
  const found: string[] = [];
  try {
    const client = await served.ready();
    for (const flow of FLOWS) found.push(...(await ofFlow(client, flow, ledger, cut)));
    const { items } = await client.call('listNodes', {});
    if (ledger.least('node', '', cut) > 0 && !items.some(one => one.node_type === 'moody'))
      found.push('the node is gone');
    if (ledger.least('deploy', DURABLE, cut) > 0 && !(await isRunning(client, DURABLE)))
      found.push(`${DURABLE} does not run`);
  } catch (error) {
    return [`${(error as Error).message} ${served.err}`];
  } finally {
    await served.kill('SIGTERM');
  }
  return [...found, ...ofSums(linesOf(data, `${DURABLE}.jsonl`).map(line => Number(line.value)))];
}

async function ofFlow(client: Client, flow: string, ledger: Ledger, cut: Cut): Promise<string[]> {
  const found: string[] = [];
  const bounded = (what: 'draft' | 'deploy', is: number): void => {
    const [least, most] = [ledger.least(what, flow, cut), ledger.most(what, flow, cut)];
    if (is < least || is > most) found.push(`${flow}: ${what} ${is}, not ${least} to ${most}`);
  };
  const { items } = await client.call('listFlows', {});
  const there = items.find(one => one.id === flow);
  if (!there) return ledger.least('flow', flow, cut) > 0 ? [`${flow} is gone`] : [];
  const params = { flow };
  bounded('draft', factorOf((await client.call('getDraft', { params })).document));
  const version = there.deployed_version ?? 0;
  bounded('deploy', version);
  const secrets = await client.call('listSecrets');
  if (ledger.least('secret', flow, cut) > 0 && !secrets.items.some(one => one.name === flow))
    found.push(`${flow}: its secret is gone`);
  if (version === 0) return found;
  const { document } = await client.call('getVersion', { params: { flow, version } });
  if (factorOf(document) !== version * DRAFTS_PER_DEPLOY) found.push(`${flow}: version ${version} is another`);
  if (!(await isRunning(client, flow))) found.push(`${flow}: version ${version} does not run`);
  return found;
}

const factorOf = (document: unknown): number =>
  Number((document as FlowDocument).nodes.find(node => node.id === 'scale')?.props?.['factor']);

async function isRunning(client: Client, flow: string): Promise<boolean> {
  const end = performance.now() + RUNS_WITHIN_MS;
  while (performance.now() < end) {
    const { state } = await client.call('getFlow', { params: { flow } });
    if (state === 'running') return true;
    await sleep(LOOK_MS);
  }
  return false;
}

/** Lines may be there twice. None is missing, and each is what 1 + 2 + … + n is. */
function ofSums(sums: readonly number[]): string[] {
  const counts = sums.map(sum => (Math.sqrt(8 * sum + 1) - 1) / 2);
  const odd = counts.find(n => !Number.isInteger(n));
  if (odd !== undefined) return [`${DURABLE}: a sum is wrong, near the ${Math.round(odd)}th`];
  const there = new Set(counts);
  for (let n = 1; n <= there.size; n += 1) if (!there.has(n)) return [`${DURABLE}: the ${n}th line is missing`];
  return [];
}
