/** Does a gateway grow by being worked on? Its memory, settled, before and after each kind of work done many times. */
import { once } from 'node:events';
import { deploy, deployFlows, documentOf } from './flows.ts';
import { drive, type Gateway, sleep } from './gateway.ts';

const SETTLE_MS = 5_000;
const SWAPS = 200;
const FLOWS = 200;
const REQUESTS = 2_000;
const RECONNECTS = 50;
const WARM_UP = 0.1;

/** @returns by work: memory after, over memory before */
export async function leaks(gateway: Gateway): Promise<Record<string, number>> {
  await deployFlows(gateway, 1);
  const works: Record<string, (count: number) => Promise<void>> = {
    swaps: count => times(Math.ceil(SWAPS * count), index => swap(gateway, index)),
    flows: count => times(Math.ceil(FLOWS * count), () => comeAndGo(gateway)),
    requests: count => times(Math.ceil(REQUESTS * count), () => gateway.ask('GET', '/flows/flow-0/live')),
    reconnects: count => times(Math.ceil(RECONNECTS * count), () => reconnect(gateway)),
  };
  const found: Record<string, number> = {};
  for (const [name, work] of Object.entries(works)) {
    // Code gets hot, files are made, modules cached: that is paid once.
    await work(WARM_UP);
    const before = await settled(gateway);
    await work(1);
    found[name] = (await settled(gateway)) / before;
  }
  return found;
}

async function settled(gateway: Gateway): Promise<number> {
  await sleep(SETTLE_MS);
  return gateway.memory.rss_mb;
}

async function times(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index += 1) await work(index);
}

async function swap(gateway: Gateway, index: number): Promise<void> {
  const { revision } = await gateway.ask<{ revision: number }>('GET', '/flows/flow-0/draft');
  const document = documentOf('flow-0', [index % 2], 1000);
  await gateway.ask('PUT', '/flows/flow-0/draft', { document }, { 'if-match': `"${revision}"` });
  await deploy(gateway, 'flow-0');
}

async function comeAndGo(gateway: Gateway): Promise<void> {
  const path = '/flows/guest';
  await gateway.ask('POST', '/flows', { id: 'guest', name: 'guest', document: documentOf('guest', [3], 1000) });
  await deploy(gateway, 'guest');
  await gateway.ask('POST', `${path}/stop`);
  for (;;) {
    const { desired, state } = await gateway.ask<{ desired: string; state: string }>('GET', path);
    if (desired === 'stopped' && state === 'stopped') break;
    await sleep(20);
  }
  await gateway.ask('DELETE', path);
}

async function reconnect(gateway: Gateway): Promise<void> {
  await once(drive(gateway, 0, 1_000), 'exit');
}
