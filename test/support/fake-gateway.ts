/** A gateway for clients to be tested against. Tests ask for what they need here, so that a real one can take its place. */
import type { RouteName } from '#api';
import { deployHandlers, nodeHandlers } from './fake/deploys.ts';
import { flowHandlers } from './fake/flows.ts';
import { FakeGateway } from './fake/gateway.ts';
import { accessHandlers, FakeUsers, liveHandlers } from './fake/live.ts';
import { TIME, World } from './fake/world.ts';

export interface TestGateway {
  readonly url: string;
  readonly world: World;
  readonly users: FakeUsers;
  readonly calls: readonly string[];
  /** Lets something happen once, right after the next answer of a route. */
  afterwards(route: RouteName, then: () => void): void;
  /** A line in the log of the gateway. */
  log(text: string, flow?: string): void;
  /** Dead letters of a flow, with ids from 0. */
  letters(flow: string, ...reasons: string[]): void;
  close(): void;
}

/** @param auth users must log in: `ann` with `correct horse` */
export async function startGateway({ auth = false } = {}): Promise<TestGateway> {
  const world = new World();
  const users = new FakeUsers(auth);
  const handlers = {
    ...flowHandlers(world),
    ...deployHandlers(world),
    ...nodeHandlers(),
    ...liveHandlers(world),
    ...accessHandlers(users),
  };
  const gateway = new FakeGateway(handlers, users);
  return {
    url: await gateway.listen(),
    world,
    users,
    calls: gateway.calls,
    afterwards: (route, then) => void gateway.afterwards.set(route, then),
    log: (text, flow) =>
      void world.logs.push({ seq: world.logs.length, time: TIME, level: 'warn', flow: flow ?? null, node: null, text }),
    letters: (flow, ...reasons) => {
      world.flow(flow).letters = reasons.map((reason, id) => ({
        ...{ id, time: TIME, kind: 'error', node: 'hot', node_type: 'filter', port: 'in', reason, record: id },
        ...{ path: ['in', 'hot'], message_bytes: 4, message: Buffer.from(`msg${id}`) },
      }));
    },
    close: () => gateway.close(),
  };
}

/** Updates above 80 go into a file. */
export const BOILER = {
  format: 'fusewire.flow/1',
  name: 'Boiler alarms',
  nodes: [
    { id: 'in', node_type: 'tag_input', props: { tags: ['line1/+/temp'] } },
    { id: 'hot', node_type: 'filter', props: { op: '>', value: 80 } },
    { id: 'out', node_type: 'file_sink', props: { path: 'hot.jsonl' } },
  ],
  wires: [
    { source_node: 'in', source_port: 'out', target_node: 'hot', target_port: 'in' },
    { source_node: 'hot', source_port: 'true', target_node: 'out', target_port: 'in' },
  ],
};
/** The same with another limit. */
export const boilerAt = (value: number): typeof BOILER => ({
  ...BOILER,
  nodes: BOILER.nodes.map(node => (node.id === 'hot' ? { ...node, props: { op: '>', value } } : node)),
});
