import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Gateway, ROOT, sleep } from './gateway.ts';

/** Of the simulated line: each has a temperature, a pressure and a motor. */
const CELLS = 100;
const DEPLOYS_AT_ONCE = 2;

interface Document {
  name: string;
  nodes: { id: string; node_type: string; props: Record<string, unknown> }[];
}
interface Deploy {
  readonly id: string;
  readonly state: 'queued' | 'running' | 'done' | 'failed';
}

/** The flow of 8 nodes of the other benches. @param batch outputs that a sink waits for */
export function documentOf(name: string, cells: readonly number[], batch: number): Document {
  const document = JSON.parse(readFileSync(join(ROOT, 'bench/core-flow.json'), 'utf8')) as Document;
  document.name = name;
  for (const node of document.nodes) {
    if (node.node_type === 'tag_input')
      node.props['tags'] = cells.flatMap(cell => {
        const place = `line1/cell${String(cell + 1).padStart(2, '0')}`;
        return [`${place}/temp`, `${place}/pressure`];
      });
    if (node.node_type === 'file_sink') Object.assign(node.props, { path: `${name}-${node.id}`, batch_count: batch });
  }
  return document;
}

/** So many flows, each with its share of the cells and no other, deployed. */
export async function deployFlows(gateway: Gateway, count: number, batch = 1000): Promise<void> {
  const left = Array.from({ length: count }, (_, index) => index);
  const take = async (): Promise<void> => {
    for (let index = left.shift(); index !== undefined; index = left.shift()) {
      const cells = Array.from({ length: CELLS }, (_, cell) => cell).filter(cell => cell % count === index);
      const id = `flow-${index}`;
      await gateway.ask('POST', '/flows', { id, name: id, document: documentOf(id, cells, batch) });
      await deploy(gateway, id);
    }
  };
  await Promise.all(Array.from({ length: DEPLOYS_AT_ONCE }, take));
}

export async function deploy(gateway: Gateway, flow: string): Promise<void> {
  let job = await gateway.ask<Deploy>('POST', `/flows/${flow}/deploys`, {});
  while (job.state === 'queued' || job.state === 'running') {
    await sleep(50);
    job = await gateway.ask<Deploy>('GET', `/deploys/${job.id}`);
  }
  if (job.state === 'failed') throw new Error(`deploy of ${flow}: ${JSON.stringify(job)}`);
}
