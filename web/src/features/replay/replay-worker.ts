/** Runs a recording beside the page: its module may be of a stranger, and never end. */

import type { FlowDocument } from '$lib/contract.ts';
import { GatewayError, type OpenRecording, openRecording, Player, unpackRecording } from '$lib/engine.ts';
import type { Answered, Asked, LoadStage, ReplayCall, ReplayCalls, ReplayFacts } from '$lib/model/replay.ts';

const PROGRESS_MS = 100;
let player: Player | null = null;

const say = (answer: Answered): void => self.postMessage(answer);

type Handlers = { [C in ReplayCall]: (ask: ReplayCalls[C]['ask'], id: number) => Promise<ReplayCalls[C]['answer']> };

const handlers: Handlers = {
  async open({ file }, id) {
    const at = (stage: LoadStage, share: number | null = null): void => say({ id, kind: 'progress', stage, share });
    at('unpack');
    const recording = await unpackRecording(new Uint8Array(await file.arrayBuffer()), nameOf(file));
    at('compile');
    const opened = openRecording(recording, nameOf(file));
    player = new Player(opened);
    let told_ms = 0;
    for (const share of player.scan()) {
      if (performance.now() - told_ms < PROGRESS_MS) continue;
      told_ms = performance.now();
      at('run', share);
    }
    return factsOf(opened, player, file.size);
  },
  steps: async ({ from, count }) => running().reports(from, count),
  find: async ({ record }) => running().stepOf(record),
  memory: async ({ step, node, at, length }) => running().memory(step, node, at, length),
};

function running(): Player {
  if (!player) throw new Error('no recording is open');
  return player;
}

const nameOf = (file: Blob): string => ('name' in file ? String(file.name) : '');

async function factsOf({ recording, plan, document }: OpenRecording, run: Player, file: number): Promise<ReplayFacts> {
  const { wasm, capture } = recording;
  return {
    flow: recording.flow,
    time: recording.time,
    fuser: recording.fuser,
    recorded: recording.fault,
    fault: run.fault,
    same: run.same,
    steps: run.steps,
    records: run.records,
    times: run.times,
    document: document as FlowDocument,
    nodes: plan.nodes.map(({ id, node_type, hash }) => ({ id, node_type, hash })),
    bytes: { file, module: wasm.length, checkpoint: capture.checkpoint.length, input: capture.input.length },
    hash: await sha256(wasm),
  };
}

async function sha256(bytes: Uint8Array): Promise<string | null> {
  if (!self.isSecureContext) return null;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource));
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('');
}

const textOf = (error: unknown): string =>
  error instanceof GatewayError ? error.detail : error instanceof Error ? error.message : String(error);

self.addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  const { id, call, ask } = data;
  const handle = handlers[call] as (ask: unknown, id: number) => Promise<unknown>;
  handle(ask, id).then(
    answer => say({ id, kind: 'answer', answer }),
    (error: unknown) => say({ id, kind: 'problem', message: textOf(error) }),
  );
});
