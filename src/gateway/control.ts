import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { GatewayError } from '#diagnostic';

/** What can be asked of a flow that runs, by who may write to its folder. One JSON object a line, one line back. */
export type ControlRequest =
  | { readonly do: 'retry' | 'drop'; readonly ids: readonly number[] | 'all' }
  | { readonly do: 'release' }
  | { readonly do: 'record' };
export type ControlAnswer =
  | { readonly ok: true; readonly done: number; readonly problems: readonly string[]; readonly file?: string }
  | { readonly ok: false; readonly message: string };

const SOCKET = 'control.sock';
const REQUEST_BYTES_MAX = 256 * 1024;
const ANSWER_MS = 10_000;

/** @throws GatewayError listen-failed */
export async function listenControl(
  directory: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<{ close(): Promise<void> }> {
  const path = join(directory, SOCKET);
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server: Server = createServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    readLine(socket)
      .then(async line => socket.end(`${JSON.stringify(await reply(line, answer))}\n`))
      .catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(new GatewayError('listen-failed', path, error.message, error)));
    server.listen(path, resolve);
  });
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>(resolve => server.close(() => resolve()));
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
    return await answer(request);
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
  const path = join(directory, SOCKET);
  const socket = connect(path);
  try {
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
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
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setTimeout(ANSWER_MS, () => reject(new Error('no line within 10 s')));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > REQUEST_BYTES_MAX) reject(new Error('the line is too long'));
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    socket.once('close', () => reject(new Error('closed before a whole line came')));
  });
}
