import { chmodSync, closeSync, constants, existsSync, openSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
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
/** Opened files of this process as paths, on Linux. */
const OPEN_FILES = '/proc/self/fd';
const PROBLEMS_MAX = 100;
const NAME = 'control.sock';

/** A way to the socket in a flow's folder that a system takes. */
interface SocketPlace {
  readonly path: string;
  /** To be called when the socket is closed, or connected. */
  release(): void;
}

/**
 * A path that is too long is shortened by way of the opened folder: the socket lies in the folder all the same, where only
 * those who may write to it can put one. @throws Error where the system has no such way
 */
function socketPlace(directory: string): SocketPlace {
  const path = join(resolve(directory), NAME);
  if (Buffer.byteLength(path) <= PATH_BYTES_MAX) return { path, release: () => undefined };
  if (!existsSync(OPEN_FILES))
    throw new Error(`its path is longer than ${PATH_BYTES_MAX} bytes, which this system takes: use a shorter one`);
  const folder = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  return { path: `${OPEN_FILES}/${folder}/${NAME}`, release: () => closeSync(folder) };
}

const REQUEST_BYTES_MAX = 256 * 1024;
const ANSWER_MS = 10_000;

/** @throws GatewayError listen-failed */
export async function listenControl(
  directory: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<{ close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    readLine(socket)
      .then(async line => socket.end(`${JSON.stringify(await reply(line, answer))}\n`, () => socket.destroy()))
      .catch(() => socket.destroy());
  });
  let place: SocketPlace | null = null;
  try {
    place = socketPlace(directory);
    await bind(server, place.path);
  } catch (error) {
    place?.release();
    throw new GatewayError('listen-failed', join(directory, NAME), (error as Error).message, error);
  }
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>(closed => server.close(() => closed()));
      place.release();
    },
  };
}

async function bind(server: Server, path: string): Promise<void> {
  // Left by a process that was killed: the folder is locked, so nobody listens there.
  rmSync(path, { force: true });
  await new Promise<void>((listening, reject) => server.once('error', reject).listen(path, listening));
  try {
    // Who may not write to the folder may not ask either.
    chmodSync(path, 0o600);
  } catch (error) {
    server.close();
    throw error;
  }
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
  const socket = await dial(directory);
  if (!socket) return null;
  socket.write(`${JSON.stringify(request)}\n`);
  try {
    return JSON.parse(await readLine(socket)) as ControlAnswer;
  } catch (error) {
    throw new GatewayError('connection-lost', join(directory, NAME), (error as Error).message, error);
  } finally {
    socket.destroy();
  }
}

/** null: nobody listens. */
async function dial(directory: string): Promise<Socket | null> {
  let place: SocketPlace | null = null;
  try {
    place = socketPlace(directory);
    const socket = connect(place.path);
    await new Promise<void>((connected, reject) => socket.once('connect', connected).once('error', reject));
    return socket;
  } catch {
    return null;
  } finally {
    place?.release();
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
