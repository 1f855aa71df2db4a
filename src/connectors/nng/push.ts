import { connect, type Socket } from 'node:net';
import { GatewayError } from '#diagnostic';
import { parseAddress } from '../address.ts';
import { HANDSHAKE_BYTES, handshake, peerProtocol, SP_PULL, SP_PUSH } from './protocol.ts';

/** An nng PUSH socket that dials: writes ready-made frames, many at once. */
export interface PushConnection {
  /** Frames as SP has them on this transport. Resolves when more may be written. @throws GatewayError connection-lost */
  write(frames: Uint8Array): Promise<void>;
  /** Sends what is buffered, then closes. */
  close(): Promise<void>;
  readonly ipc: boolean;
}

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 1_000;

/** Dials until it answers or `timeout_ms` have passed. @throws GatewayError connection-lost, peer-rejected */
export async function dialPush(url: string, timeout_ms = 10_000): Promise<PushConnection> {
  const address = parseAddress(url);
  const until = Date.now() + timeout_ms;
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
    try {
      const socket = await open(
        address.kind === 'ipc' ? { path: address.path } : { host: address.host, port: address.port },
        url,
      );
      return wrap(socket, url, address.kind === 'ipc');
    } catch (error) {
      if (error instanceof GatewayError || Date.now() + delay > until) {
        throw error instanceof GatewayError
          ? error
          : new GatewayError('connection-lost', url, (error as Error).message, error);
      }
      await new Promise(resolve => setTimeout(resolve, delay));
    }
  }
}

function open(where: { path: string } | { host: string; port: number }, url: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(where);
    let greeting = Buffer.alloc(0);
    socket.setNoDelay(true);
    socket.once('error', reject);
    socket.write(handshake(SP_PUSH));
    socket.on('data', (chunk: Buffer) => {
      greeting = Buffer.concat([greeting, chunk]);
      if (greeting.length < HANDSHAKE_BYTES) return;
      if (peerProtocol(greeting) === SP_PULL) {
        socket.removeAllListeners();
        resolve(socket);
      } else {
        socket.destroy();
        reject(new GatewayError('peer-rejected', url, 'the other side is not an nng PULL socket'));
      }
    });
    socket.once('close', () => reject(new Error('the other side closed the connection')));
  });
}

function wrap(socket: Socket, url: string, ipc: boolean): PushConnection {
  let lost: Error | null = null;
  let wake: (() => void) | null = null;
  const lose = (error: Error): void => {
    lost ??= error;
    wake?.();
  };
  socket.on('error', lose);
  socket.on('close', () => lose(new Error('closed')));
  socket.on('drain', () => wake?.());
  socket.resume();
  return {
    ipc,
    async write(frames) {
      if (!lost && !socket.write(frames)) await new Promise<void>(resolve => (wake = resolve));
      if (lost) throw new GatewayError('connection-lost', url, (lost as Error).message, lost);
    },
    close: () => new Promise(resolve => (lost ? resolve() : socket.end(() => resolve()))),
  };
}
