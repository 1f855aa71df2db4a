import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FlowClock, FUSER_VERSION } from '#abi';
import { type Diagnostic, GatewayError } from '#diagnostic';
import { type FlowArtifact, inspectFlow } from '#engine';
import { type FusionReport, unfuse } from '#fusion';
import type { FuseAnswer, FuseJob } from './fuse-process.ts';
import { doInProcess } from './job-process.ts';
import type { LoadedFlow } from './load-flow.ts';

export interface ArtifactOptions {
  readonly clock: FlowClock;
  /** Where fused modules are kept by the hash of what they are made from. */
  readonly cache: string;
  readonly onPhase?: (phase: string) => void;
  /** Longest fusion, machine code included; a module that takes longer is refused. */
  readonly fuse_ms_max?: number;
  /** Calls it off. */
  readonly signal?: AbortSignal;
}
export interface FusedFlow {
  readonly wasm: Uint8Array;
  readonly artifact: FlowArtifact;
  /** null: it came from the cache, and what was known of its making did not. */
  readonly report: FusionReport | null;
  readonly cached: boolean;
  readonly key: string;
}

const FUSE_MS_MAX = 120_000;
/** Memory of the process that fuses, where the system tells it. */
const FUSE_BYTES_MAX = 2 * 1024 ** 3;

/** Content hash of everything that decides the bytes of the artifact. */
export const artifactKey = (canonical: string, clock: FlowClock): string =>
  createHash('sha256')
    .update(JSON.stringify([FUSER_VERSION, clock, canonical]))
    .digest('hex');

/**
 * The fused flow, from the cache or from a process of its own: Binaryen's memory is gone when it ends, and a module that
 * hangs or crashes it ends nothing else.
 * @throws GatewayError fusion-failed
 */
export async function fusedFlow(
  flow: LoadedFlow,
  options: ArtifactOptions,
): Promise<FusedFlow | { diagnostics: Diagnostic[] }> {
  const cached = cachedFlow(flow.canonical, options);
  if (cached) return cached;
  const key = artifactKey(flow.canonical, options.clock);
  const answer = await fuseInProcess(flow, options);
  if ('diagnostics' in answer) return answer;
  const made = readArtifact(answer.wasm);
  if (!made) throw new GatewayError('fusion-failed', flow.document.name, 'the module does not read back');
  mkdirSync(options.cache, { recursive: true });
  // The report first: a module that is there has one.
  keep(join(options.cache, `${key}.json`), JSON.stringify(answer.report));
  keep(join(options.cache, `${key}.wasm`), answer.wasm);
  return { ...made, report: answer.report, cached: false, key };
}

/** The fused module of a canonical document, if it was made before by this Fusewire. */
export function cachedFlow(canonical: string, { clock, cache }: ArtifactOptions): FusedFlow | null {
  const key = artifactKey(canonical, clock);
  const file = join(cache, `${key}.wasm`);
  const found = existsSync(file) ? readArtifact(new Uint8Array(readFileSync(file))) : null;
  return found && { ...found, report: readReport(join(cache, `${key}.json`)), cached: true, key };
}

function readReport(file: string): FusionReport | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as FusionReport;
  } catch {
    return null;
  }
}

/** Whole or not at all. */
function keep(file: string, content: Uint8Array | string): void {
  writeFileSync(`${file}.${process.pid}`, content);
  renameSync(`${file}.${process.pid}`, file);
}

/** @returns null when the bytes are no fused flow of this version. */
export function readArtifact(wasm: Uint8Array): { wasm: Uint8Array; artifact: FlowArtifact } | null {
  const inspection = inspectFlow(wasm);
  if (inspection?.fuser !== FUSER_VERSION || inspection.imports.length > 0) return null;
  return { wasm, artifact: { plan: inspection.plan, code: { kind: 'fused', wasm } } };
}

/** The same flow for the unfused engine. */
export function unfusedFlow(flow: LoadedFlow, clock: FlowClock): FlowArtifact | { diagnostics: Diagnostic[] } {
  const result = unfuse(flow.input, hash => flow.library.bytes(hash), { clock });
  return result.ok
    ? { plan: result.plan, code: { kind: 'unfused', modules: result.unfused } }
    : { diagnostics: result.diagnostics };
}

async function fuseInProcess(
  flow: LoadedFlow,
  options: ArtifactOptions,
): Promise<Exclude<FuseAnswer, { type: 'phase' | 'crash' }>> {
  const failed = (why: string): GatewayError => new GatewayError('fusion-failed', flow.document.name, why);
  const files = [...flow.nodes.values()].map(node => flow.library.file(node.hash));
  const job: FuseJob = {
    input: flow.input,
    canonical: flow.canonical,
    files: [...new Set(files)],
    clock: options.clock,
  };
  const limits = { ms: options.fuse_ms_max ?? FUSE_MS_MAX, bytes: FUSE_BYTES_MAX };
  let last: Exclude<FuseAnswer, { type: 'phase' }> | null = null;
  await doInProcess<FuseJob, FuseAnswer>('fuse-process', {
    job,
    limits,
    onAnswer: answer => {
      if (answer.type === 'phase') options.onPhase?.(answer.phase);
      else last = answer;
      return answer.type !== 'phase';
    },
    failed,
    signal: options.signal,
  });
  const answer = last as Exclude<FuseAnswer, { type: 'phase' }> | null;
  if (answer === null || answer.type === 'crash') throw failed(answer?.message ?? 'it said nothing');
  return answer;
}
