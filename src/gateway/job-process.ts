import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { AHEAD_OF_TIME_FLAGS } from '#runtime';

export interface JobLimits {
  /** Longest time. */
  readonly ms: number;
  /** Resident memory, where the system tells it. */
  readonly bytes: number;
}

const LOOK_MS = 100;
const MIB = 1024 * 1024;

/**
 * Does one job in a process of its own, which comes behind all others and ends with it: what hangs or crashes there ends
 * nothing else.
 * @param script a module beside this one, that takes one message and answers. @param onAnswer true: it was the last.
 * @param failed makes an error of why there was no last answer
 */
export function doInProcess<Job, Answer>(
  script: 'fuse-process' | 'try-process',
  job: Job,
  limits: JobLimits,
  onAnswer: (answer: Answer) => boolean,
  failed: (why: string) => Error,
  signal?: AbortSignal,
): Promise<void> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const child: ChildProcess = fork(new URL(`./${script}.${extension}`, import.meta.url), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    ...commandOf(process.execArgv),
  });
  return new Promise((resolve, reject) => {
    let complaint = '';
    const began = performance.now();
    const giveUp = (why: string): void => {
      child.kill('SIGKILL');
      reject(failed(why));
    };
    const abort = (): void => giveUp('it was called off');
    const timer = setInterval(() => {
      if (performance.now() - began > limits.ms) giveUp(`not done after ${limits.ms / 1_000} s`);
      else if (residentBytes(child.pid!) > limits.bytes)
        giveUp(`it takes more than ${limits.bytes / MIB} MiB of memory`);
    }, LOOK_MS);
    signal?.addEventListener('abort', abort);
    child.stderr?.on('data', chunk => {
      complaint = (complaint + String(chunk)).slice(-2_000);
    });
    child.on('message', (answer: Answer) => {
      if (onAnswer(answer)) resolve();
    });
    child.on('error', error => reject(failed(error.message)));
    child.on('exit', (code, ended) => {
      clearInterval(timer);
      signal?.removeEventListener('abort', abort);
      reject(failed(`the process ended with ${code ?? ended}: ${complaint.trim()}`));
    });
    child.send(job as object);
    if (signal?.aborted) abort();
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
