/** Deploys and the library: of the gateway in memory. */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { LibraryNodeFullDto } from '#api';
import type { FlowDocument } from '#flow';
import { page, versionOf } from './flows.ts';
import { type FakeCall, type FakeHandlers, missing, Refusal } from './gateway.ts';
import { library, TIME, type World } from './world.ts';

type DeployNames =
  | 'deployFlow'
  | 'rollbackFlow'
  | 'planDeploy'
  | 'startFlow'
  | 'stopFlow'
  | 'pauseFlow'
  | 'resumeFlow'
  | 'listDeploys'
  | 'getDeploy'
  | 'deployEvents'
  | 'getArtifact';

export function deployHandlers(world: World): Pick<FakeHandlers, DeployNames> {
  const action =
    (kind: 'start' | 'stop' | 'pause' | 'resume') =>
    ({ params, key }: Pick<FakeCall<'startFlow'>, 'params' | 'key'>) => {
      const flow = world.flow(params.flow);
      if (flow.deployed === null) throw new Refusal(409, 'not-deployed', `${flow.id} was never deployed`);
      return world.deploy(flow, kind, flow.deployed, key);
    };
  const job = (id: string) => world.deploys.find(one => one.id === id);
  return {
    deployFlow: ({ params, body, key }) => {
      const flow = world.flow(params.flow);
      const number = body.version === undefined ? world.version(flow, body.message).number : body.version;
      return world.deploy(flow, 'deploy', versionOf(flow, number).number, key);
    },
    rollbackFlow: ({ params, body, key }) => {
      const flow = world.flow(params.flow);
      const to = body.version ?? (flow.deployed ?? 0) - 1;
      if (to < 1) throw new Refusal(409, 'nothing-before', 'there is no version before');
      return world.deploy(flow, 'rollback', versionOf(flow, to).number, key);
    },
    planDeploy: ({ params }) => {
      const nodes = (world.flow(params.flow).draft.document as FlowDocument).nodes;
      return {
        nodes: nodes.map(({ id }) => ({ node: id, fate: 'kept' as const, reason: 'same module' })),
        diagnostics: [],
      };
    },
    startFlow: action('start'),
    stopFlow: action('stop'),
    pauseFlow: action('pause'),
    resumeFlow: action('resume'),
    listDeploys: ({ query }) =>
      page(
        world.deploys.filter(one => query.flow === undefined || one.flow === query.flow),
        query,
      ),
    getDeploy: ({ params }) => {
      const found = job(params.deploy);
      if (!found) throw missing('deploy');
      return found;
    },
    deployEvents: async function* ({ params }) {
      const found = job(params.deploy);
      if (!found) throw missing('deploy');
      for (let last = ''; ; await delay(2)) {
        const now = JSON.stringify(found);
        if (now !== last) yield found;
        last = now;
        if (found.ended_at !== null) return;
      }
    },
    getArtifact: () => new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
  };
}

type NodeNames = 'listNodes' | 'uploadNode' | 'getNode' | 'downloadNode' | 'deprecateNode' | 'removeNode';

export function nodeHandlers(): Pick<FakeHandlers, NodeNames> {
  const nodes = new Map<string, LibraryNodeFullDto & { wasm: Uint8Array }>();
  for (const type of library.types) {
    const { hash, manifest, bytes } = library.byType(type)!;
    const { node_type, version, title, description, category } = manifest;
    nodes.set(hash, {
      ...{ hash, node_type, version, title, description, category, origin: 'built-in', bytes: bytes.length },
      ...{ deprecated: false, deprecation_note: '', default: true, added_by: 'fusewire', added_at: TIME },
      ...{ manifest, pinned_by: [], wasm: bytes },
    });
  }
  const get = (hash: string): LibraryNodeFullDto & { wasm: Uint8Array } => {
    const node = nodes.get(hash);
    if (!node) throw missing(`node ${hash}`);
    return node;
  };
  return {
    listNodes: ({ query }) =>
      page(
        [...nodes.values()].filter(one => query.type === undefined || one.node_type === query.type),
        query,
      ),
    uploadNode: ({ body }) => {
      const hash = createHash('sha256').update(body).digest('hex');
      const added = !nodes.has(hash);
      const first = [...nodes.values()][0]!;
      const title = body.subarray(0, 2).toString() === '45,45' ? 'with manifest' : 'own';
      const node = nodes.get(hash) ?? { ...first, hash, node_type: 'own', title, origin: 'upload', wasm: body };
      nodes.set(hash, node as typeof first);
      return { node: node as typeof first, added, imports: [], warnings: [] };
    },
    getNode: ({ params }) => get(params.hash),
    downloadNode: ({ params }) => get(params.hash).wasm,
    deprecateNode: ({ params, body }) =>
      Object.assign(get(params.hash), { deprecated: body.deprecated, deprecation_note: body.note }),
    removeNode: ({ params }) => {
      const node = get(params.hash);
      if (node.origin === 'built-in') throw new Refusal(409, 'node-pinned', 'flows pin it: boiler (version 1)');
      nodes.delete(params.hash);
      return undefined;
    },
  };
}
