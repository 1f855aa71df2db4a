// Ends a test file that hangs: also one whose event loop is busy for ever, which the runner's own time limit never ends.
import { readdirSync, readFileSync } from 'node:fs';

const LONGEST_MS = 10 * 60_000;
const LOOK_MS = 5_000;

/** Kills children of a process that have lived too long. Where there is no /proc, it does nothing. */
export function endHanging(parent, longest_ms = LONGEST_MS, look_ms = LOOK_MS) {
  const since = new Map();
  const look = () => {
    for (const pid of childrenOf(parent)) {
      if (!since.has(pid)) since.set(pid, performance.now());
      if (performance.now() - since.get(pid) < longest_ms) continue;
      process.stderr.write(`${commandOf(pid)} has not ended within ${longest_ms / 60_000} minutes and is killed\n`);
      process.kill(pid, 'SIGKILL');
      since.delete(pid);
    }
  };
  setInterval(look, look_ms).unref();
}

function childrenOf(parent) {
  return textOf('/proc', directory => readdirSync(directory), [])
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      // pid (name) state parent …: the name may hold anything.
      const stat = textOf(`/proc/${pid}/stat`, path => readFileSync(path, 'latin1'), '');
      return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]) === parent;
    });
}

/** Its last argument: the test file. */
const commandOf = pid =>
  textOf(`/proc/${pid}/cmdline`, path => readFileSync(path, 'utf8').split('\0').at(-2), `process ${pid}`);

/** A process may go while it is looked at. */
function textOf(path, read, otherwise) {
  try {
    return read(path);
  } catch {
    return otherwise;
  }
}
