import { createHash } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { GatewayError } from '#diagnostic';

/** What can be asked of a flow that runs, by who may write to its folder. One JSON object a line, one line back. */
export type ControlRequest =
  | { readonly do: 'retry' | 'drop'; readonly ids: readonly number[] | 'all' }
  | { readonly do: 'release' }
  | { readonly do: 'record' };
export type ControlAnswer =
  | { readonly ok: true; readonly done: number; readonly problems: readonly string[]; readonly file?: string }
  | { readonly ok: false; readonly message: string };

/** A system takes about 107 bytes as the path of a socket. */
const PATH_BYTES_MAX = 100;
const PROBLEMS_MAX = 100;
/** The socket of a flow's folder; one beside the folder's other files, unless their path is too long for a socket. */
function socketPath(directory: string): string {
  const path = join(resolve(directory), 'control.sock');
  if (Buffer.byteLength(path) <= PATH_BYTES_MAX) return path;
  return join(tmpdir(), `fusewire-${createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 24)}.sock`);
}

const REQUEST_BYTES_MAX = 256 * 1024;
const ANSWER_MS = 10_000;

/** @throws GatewayError listen-failed */
export async function listenControl(
  directory: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<{ close(): Promise<void> }> {
  const path = socketPath(directory);
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server: Server = createServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    readLine(socket)
      .then(async line => socket.end(`${JSON.stringify(await reply(line, answer))}\n`, () => socket.destroy()))
      .catch(() => socket.destroy());
  });
  await new Promise<void>((listening, reject) => {
    server.once('error', error => reject(new GatewayError('listen-failed', path, error.message, error)));
    // Who may not write to the folder may not ask either.
    server.listen(path, () => {
      chmodSync(path, 0o600);
      listening();
    });
  });
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>(closed => server.close(() => closed()));
    },
  };
}

async function reply(
  line: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<ControlAnswer> {
  const request = readRequest(line);
  if (!request) return { ok: false, message: 'not a request' };
  try {
    const answered = await answer(request);
    if (!answered.ok || answered.problems.length <= PROBLEMS_MAX) return answered;
    const rest = answered.problems.length - PROBLEMS_MAX;
    return { ...answered, problems: [...answered.problems.slice(0, PROBLEMS_MAX), `and ${rest} more`] };
  } catch (error) {
    return { ok: false, message: (error as Error).message };
  }
}

function readRequest(line: string): ControlRequest | null {
  let value: { do?: unknown; ids?: unknown } | null;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (value?.do === 'release' || value?.do === 'record') return { do: value.do };
  if (value?.do !== 'retry' && value?.do !== 'drop') return null;
  const ids = value.ids;
  if (ids !== 'all' && !(Array.isArray(ids) && ids.every(id => Number.isSafeInteger(id)))) return null;
  return { do: value.do, ids };
}

/** Asks the flow that runs with this folder. @returns null: none does. @throws GatewayError connection-lost */
export async function askControl(directory: string, request: ControlRequest): Promise<ControlAnswer | null> {
  const path = socketPath(directory);
  const socket = connect(path);
  try {
    await new Promise<void>((connected, reject) => socket.once('connect', connected).once('error', reject));
  } catch {
    return null;
  }
  socket.write(`${JSON.stringify(request)}\n`);
  try {
    return JSON.parse(await readLine(socket)) as ControlAnswer;
  } catch (error) {
    throw new GatewayError('connection-lost', path, (error as Error).message, error);
  } finally {
    socket.destroy();
  }
}

function readLine(socket: Socket): Promise<string> {
  return new Promise((take, reject) => {
    let text = '';
    socket.setTimeout(ANSWER_MS, () => reject(new Error('no line within 10 s')));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > REQUEST_BYTES_MAX) reject(new Error('the line is too long'));
      if (!text.includes('\n')) return;
      socket.removeAllListeners('data').pause();
      take(text.slice(0, text.indexOf('\n')));
    });
    socket.once('close', () => reject(new Error('closed before a whole line came')));
  });
}

/** What a flow that runs can be asked for. */
export interface Controlled {
  deadLetters(): readonly { readonly id: number }[];
  /** @returns null, or why that cannot be done. */
  retryDeadLetter(id: number): string | null;
  dropDeadLetter(id: number): boolean;
  release(): Promise<void>;
  /** @returns the recording's file. */
  record(): Promise<string>;
}

/** Does what was asked of a running flow over its control socket. */
export async function answerControl(flow: Controlled, request: ControlRequest): Promise<ControlAnswer> {
  if (request.do === 'release') {
    await flow.release();
    return { ok: true, done: 1, problems: [] };
  }
  if (request.do === 'record') return { ok: true, done: 1, problems: [], file: await flow.record() };
  // Oldest first.
  const ids =
    request.ids === 'all'
      ? flow
          .deadLetters()
          .map(one => one.id)
          .reverse()
      : request.ids;
  const problems = ids.flatMap(id => {
    const problem =
      request.do === 'retry' ? flow.retryDeadLetter(id) : flow.dropDeadLetter(id) ? null : 'there is none';
    return problem === null ? [] : [`${id}: ${problem}`];
  });
  return { ok: true, done: ids.length - problems.length, problems };
}
