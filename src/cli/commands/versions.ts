import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { GatewayError } from '#diagnostic';
import type { FlowArtifact } from '#engine';
import { type FusedFlow, fusedFlow, type GatewayFlow, type LoadedFlow, loadFlow, unfusedFlow } from '#gateway';
import { type NodeFate, statePlan } from '#runtime';
import { printFindings } from '../output.ts';
import { BUILT_INS } from '../paths.ts';

/** What decides the code of a flow, beside its document. */
export interface ArtifactChoice {
  readonly node?: string[];
  readonly unfused?: boolean;
  readonly clock: 'arrival' | 'event';
  readonly cache: string;
}

/** Fuses a checked flow, or takes it apart for the unfused engine. @throws GatewayError fusion-failed */
export async function artifactOf(
  flow: LoadedFlow,
  choice: ArtifactChoice,
  say: (text: string) => void,
): Promise<{ artifact: FlowArtifact; receipt: FusedFlow['report'] } | { diagnostics: LoadedFlow['diagnostics'] }> {
  if (choice.unfused) {
    const artifact = unfusedFlow(flow, choice.clock);
    return 'diagnostics' in artifact ? artifact : { artifact, receipt: null };
  }
  const onPhase = (phase: string): void => say(`fusing: ${phase}`);
  const fused = await fusedFlow(flow, { clock: choice.clock, cache: choice.cache, onPhase });
  return 'diagnostics' in fused ? fused : { artifact: fused.artifact, receipt: fused.cached ? null : fused.report };
}

const SETTLE_MS = 200;

/** One line for each node of a state plan. */
export const fateLine = ({ node, node_type, fate, reason }: NodeFate): string =>
  `${fate.padEnd(8)} ${node} (${node_type}): ${reason}`;

/** Deploys the flow when its file changes. Findings are printed, and what runs goes on. @returns what ends it */
export function watchFlow(
  file: string,
  gateway: GatewayFlow,
  options: ArtifactChoice & { readonly probationMs: string },
  say: (text: string) => void,
): () => void {
  let timer: NodeJS.Timeout | null = null;
  let busy: Promise<void> = Promise.resolve();
  const deploy = async (): Promise<void> => {
    const flow = await loadFlow(file, BUILT_INS, options.node);
    if (flow.document === undefined) return printFindings(flow.diagnostics, file);
    const made = await artifactOf(flow, options, () => undefined);
    if ('diagnostics' in made) return printFindings(made.diagnostics, file);
    const { plan } = gateway.version;
    if (JSON.stringify(made.artifact.plan) === JSON.stringify(plan)) return;
    for (const fate of statePlan(plan, made.artifact.plan)) say(`deploy: ${fateLine(fate)}`);
    const report = await gateway.deploy(made.artifact, { probation_ms: Number(options.probationMs) });
    say(`deployed after record ${report.record}; paused for ${(report.pause_us / 1_000).toFixed(1)} ms`);
  };
  // Editors write a file in steps, or put another one in its place.
  const watcher: FSWatcher = watch(dirname(resolve(file)), (_event, name) => {
    if (name !== basename(file)) return;
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => {
      busy = busy.then(deploy).catch((error: unknown) => {
        if (!(error instanceof GatewayError)) throw error;
        say(`error[${error.code}]: ${error.message}; the version before runs on`);
      });
    }, SETTLE_MS);
  });
  return () => {
    watcher.close();
    if (timer) clearTimeout(timer);
  };
}
