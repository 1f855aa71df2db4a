import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import pLimit, { type LimitFunction } from 'p-limit';
import { AHEAD_OF_TIME_FLAGS } from '#runtime';

export interface JobLimits {
  /** Longest time. */
  readonly ms: number;
  /** Resident memory, where the system tells it. */
  readonly bytes: number;
}

type Script = 'fuse-process' | 'try-process';
/** Processes of a kind at once: each takes a core, and Binaryen hundreds of MB. The others wait in their turn. */
const AT_ONCE = 2;
const turns: Readonly<Record<Script, LimitFunction>> = {
  'fuse-process': pLimit(AT_ONCE),
  'try-process': pLimit(AT_ONCE),
};
const LOOK_MS = 100;
const MIB = 1024 * 1024;
const CALLED_OFF = 'it was called off';

interface Work<Job, Answer> {
  readonly job: Job;
  /** From when its turn has come. */
  readonly limits: JobLimits;
  /** true: it was the last. */
  readonly onAnswer: (answer: Answer) => boolean;
  /** Makes an error of why there was no last answer. */
  readonly failed: (why: string) => Error;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does one job in a process of its own, which comes behind all others and ends with it: what hangs or crashes there ends
 * nothing else.
 * @param script a module beside this one, that takes one message and answers
 * @returns when the last answer is there
 */
export function doInProcess<Job, Answer>(script: Script, work: Work<Job, Answer>): Promise<void> {
  return new Promise((resolve, reject) => {
    turns[script](() => {
      if (work.signal?.aborted) return reject(work.failed(CALLED_OFF));
      return begin(script, work, resolve, reject);
    }).catch(reject);
  });
}

/** @returns when the process has ended */
function begin<Job, Answer>(
  script: Script,
  { job, limits, onAnswer, failed, signal }: Work<Job, Answer>,
  resolve: () => void,
  reject: (error: Error) => void,
): Promise<void> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const child: ChildProcess = fork(new URL(`./${script}.${extension}`, import.meta.url), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    ...commandOf(process.execArgv),
  });
  let complaint = '';
  const began = performance.now();
  const giveUp = (why: string): void => {
    child.kill('SIGKILL');
    reject(failed(why));
  };
  const abort = (): void => giveUp(CALLED_OFF);
  const timer = setInterval(() => {
    if (performance.now() - began > limits.ms) giveUp(`not done after ${limits.ms / 1_000} s`);
    else if (residentBytes(child.pid!) > limits.bytes) giveUp(`it takes more than ${limits.bytes / MIB} MiB of memory`);
  }, LOOK_MS);
  signal?.addEventListener('abort', abort);
  child.stderr?.on('data', chunk => {
    complaint = (complaint + String(chunk)).slice(-2_000);
  });
  child.on('message', (answer: Answer) => {
    if (onAnswer(answer)) resolve();
  });
  child.on('error', error => reject(failed(error.message)));
  child.send(job as object);
  return new Promise(over => {
    // Not `exit`, which may come before the last answer does.
    child.on('close', (code, ended) => {
      clearInterval(timer);
      signal?.removeEventListener('abort', abort);
      reject(failed(`the process ended with ${code ?? ended}: ${complaint.trim()}`));
      over();
    });
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
 * How the process is started. Flows that run come before it, with all its threads: a priority set later would be that of one
 * thread. Binaryen is 10 MB of wasm of which little runs, as of what is only tried: not to be compiled ahead of time.
 */
function commandOf(flags: readonly string[]): { execPath?: string; execArgv: string[] } {
  const kept = flags.filter(flag => !AHEAD_OF_TIME_FLAGS.some(one => one === flag));
  if (!existsSync(NICE)) return { execArgv: kept };
  return { execPath: NICE, execArgv: ['-n', '19', process.execPath, ...kept] };
}
