import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FlowClock, FUSER_VERSION } from '#abi';
import { type Diagnostic, GatewayError } from '#diagnostic';
import { type FusionReport, inspectFlow, unfuse } from '#fusion';
import { AHEAD_OF_TIME_FLAGS, type FlowArtifact } from '#runtime';
import type { FuseAnswer, FuseJob } from './fuse-process.ts';
import type { LoadedFlow } from './load-flow.ts';

export interface ArtifactOptions {
  readonly clock: FlowClock;
  /** Where fused modules are kept by the hash of what they are made from. */
  readonly cache: string;
  readonly onPhase?: (phase: string) => void;
  /** Longest fusion, machine code included; a module that takes longer is refused. */
  readonly fuse_ms_max?: number;
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
const LOOK_MS = 100;

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

function fuseInProcess(
  flow: LoadedFlow,
  options: ArtifactOptions,
): Promise<Exclude<FuseAnswer, { type: 'phase' | 'crash' }>> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const child = fork(new URL(`./fuse-process.${extension}`, import.meta.url), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    ...commandOf(process.execArgv),
  });
  const name = flow.document.name;
  return new Promise((resolve, reject) => {
    let complaint = '';
    const most_ms = options.fuse_ms_max ?? FUSE_MS_MAX;
    const began = performance.now();
    const giveUp = (why: string): void => {
      child.kill('SIGKILL');
      reject(new GatewayError('fusion-failed', name, why));
    };
    const timer = setInterval(() => {
      if (performance.now() - began > most_ms) giveUp(`not done after ${most_ms / 1_000} s`);
      else if (residentBytes(child.pid!) > FUSE_BYTES_MAX) giveUp('it takes more than 2 GiB of memory');
    }, LOOK_MS);
    child.stderr?.on('data', chunk => {
      complaint = (complaint + String(chunk)).slice(-2_000);
    });
    child.on('message', (answer: FuseAnswer) => {
      if (answer.type === 'phase') return options.onPhase?.(answer.phase);
      if (answer.type === 'crash') reject(new GatewayError('fusion-failed', name, answer.message));
      else resolve(answer);
    });
    child.on('exit', code => {
      clearInterval(timer);
      reject(new GatewayError('fusion-failed', name, `the fusion process ended with ${code}: ${complaint.trim()}`));
    });
    const files = [...flow.nodes.values()].map(node => flow.library.file(node.hash));
    child.send({
      input: flow.input,
      canonical: flow.canonical,
      files: [...new Set(files)],
      clock: options.clock,
    } satisfies FuseJob);
  });
}

/** Resident memory of another process; 0 where the system has no /proc. */
function residentBytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

const NICE = '/usr/bin/nice';

/**
 * How the process that fuses is started. Flows that run come before it, with all its threads: a priority set later would be
 * that of one thread. Binaryen is 10 MB of wasm of which little runs: not to be compiled ahead of time.
 */
function commandOf(flags: readonly string[]): { execPath?: string; execArgv: string[] } {
  const kept = flags.filter(flag => !AHEAD_OF_TIME_FLAGS.some(one => one === flag));
  if (!existsSync(NICE)) return { execArgv: kept };
  return { execPath: NICE, execArgv: ['-n', '19', process.execPath, ...kept] };
}
