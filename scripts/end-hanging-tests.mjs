// Ends a test file that hangs: also one whose event loop is busy for ever, which the runner's own time limit never ends.
import { isMainThread, Worker } from 'node:worker_threads';

const LONGEST_MS = 10 * 60_000;

/** Runs in a thread of its own, so that nothing that a test does keeps it from its work. */
function watch(longest_ms, file) {
  const { writeSync } = require('node:fs');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, longest_ms);
  writeSync(2, `${file} has not ended within ${longest_ms / 60_000} minutes and is killed\n`);
  process.kill(process.pid, 'SIGKILL');
}

// The runner itself, which has `--test`, runs as long as all the files together.
if (isMainThread && !process.execArgv.includes('--test'))
  new Worker(`(${watch})(${LONGEST_MS}, ${JSON.stringify(process.argv[1])})`, { eval: true, execArgv: [] }).unref();
