/**
 * A process that is made to crash. `open DIR` opens and closes, `backup DIR TARGET` and `restore SOURCE DIR` do that; `work DIR
 * SEED` stores things until it is ended, and says on stdout, a line each, what it was told is stored.
 */
import { writeSync } from 'node:fs';
import type { GatewayError } from '#diagnostic';
import { backup, type NodeRow, openRepository, type Repository, restore } from '#repository';
import { seeded } from '../support/random.ts';
import { addNode, pinned, versionOf } from './things.ts';

/** What a line of it says. */
export type Told =
  | { readonly did: 'node'; readonly hash: string }
  | { readonly did: 'removed'; readonly hash: string }
  | { readonly did: 'draft'; readonly flow: string; readonly revision: number }
  | { readonly did: 'version'; readonly flow: string; readonly number: number }
  | { readonly did: 'deploy'; readonly id: number }
  | { readonly did: 'audit'; readonly id: number };

export const FLOWS = ['boiler', 'pump'];

const tell = (told: Told): void => void writeSync(1, `${JSON.stringify(told)}\n`);

function work(store: Repository, seed: number): void {
  const random = seeded(seed);
  const nodes = (): NodeRow[] => store.nodes.list({ limit: 1_000 }).items as NodeRow[];
  for (const id of FLOWS)
    if (!store.flows.get(id))
      store.flows.create({ id, name: id, by: 'ada', document: JSON.stringify({ revision: 1 }) });
  const steps = [
    (): void => {
      const content = String(random.int(1 << 30)).repeat(1 + random.int(2_000));
      tell({ did: 'node', hash: addNode(store, `t${random.int(3)}`, `${random.int(1 << 30)}.0.0`, content).hash });
    },
    (): void => {
      const free = nodes().filter(({ hash }) => store.nodes.pinnedBy(hash).every(pin => !pin.deployed));
      if (free.length < 5) return;
      const { hash } = random.pick(free);
      store.nodes.remove(hash);
      tell({ did: 'removed', hash });
    },
    (): void => {
      const flow = random.pick(FLOWS);
      const { revision } = store.flows.draft(flow)!;
      const document = JSON.stringify({ revision: revision + 1 });
      store.flows.saveDraft(flow, revision, { document, by: 'ada' });
      tell({ did: 'draft', flow, revision: revision + 1 });
    },
    (): void => {
      const all = nodes();
      if (all.length === 0) return;
      const flow = random.pick(FLOWS);
      const document = pinned(random.pick(all), random.pick(all));
      tell({ did: 'version', flow, number: store.flows.cutVersion(flow, versionOf(document)).number });
    },
    (): void => {
      const flow = random.pick(FLOWS);
      const newest = store.flows.versions(flow, { limit: 1 }).items[0];
      if (!newest) return;
      const { id } = store.deploys.create({ flow, version: newest.number, kind: 'deploy', by: 'ada' });
      store.deploys.start(id);
      for (const stage of ['check', 'merge']) store.deploys.enter(id, stage);
      store.deploys.commit(id, flow, newest.number, 'running', { job: id });
      tell({ did: 'deploy', id });
    },
    (): void => tell({ did: 'audit', id: store.audit.append({ actor: 'ada', action: 'test' }).id }),
  ];
  for (;;) random.pick(steps)();
}

const COMMANDS: Record<string, (one: string, other: string) => unknown> = {
  open: directory => openRepository(directory).close(),
  work: (directory, seed) => work(openRepository(directory), Number(seed)),
  backup,
  restore,
};
const [, program, command, one, other] = process.argv;
if (program === import.meta.filename) {
  try {
    await COMMANDS[command!]!(one!, other!);
  } catch (error) {
    process.stdout.write(`${(error as GatewayError).code} ${(error as Error).message}\n`);
    process.exitCode = 3;
  }
}
