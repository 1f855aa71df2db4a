import { rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, Socket, type SocketConstructorOpts } from 'node:net';
import { FRAMING, RING_LIMITS } from '#abi';
import { GatewayError } from '#diagnostic';
import { parseAddress } from '../address.ts';
import { HANDSHAKE_BYTES, HANDSHAKE_TIMEOUT_MS, handshake, peerProtocol, SP_PULL, SP_PUSH } from './protocol.ts';
import { FrameSplitter } from './splitter.ts';

/** A driver as its listener sees it: its peer has said that it is a PUSH socket. */
export interface PullConnection {
  /** Address of the other side; `ipc` has none. */
  readonly peer: string;
  /** See FRAMING. */
  readonly framing: number;
  /** Bytes read. */
  readonly bytes: number;
  /** It is not read from, because its frames were not taken. */
  readonly paused: boolean;
  /** There is room again: offers what was not taken, then reads on. */
  resume(): void;
}
/** Takes the frames of one driver. */
export interface FrameTaker {
  /** A span of whole frames, valid during the call. @returns false: no room; the same span comes again after `resume`. */
  take(span: Uint8Array): boolean;
  /** The connection is closed. */
  gone(): void;
}
export interface PullHandlers {
  /** A driver has connected. @returns who takes its frames; null: there is no room for another driver. */
  readonly onDriver: (connection: PullConnection) => FrameTaker | null;
  /** A peer was turned away or lost, with the reason. */
  readonly onProblem: (error: GatewayError) => void;
}
export interface PullOptions {
  readonly message_bytes_max?: number;
}

/** An nng PULL socket that listens. */
export interface PullListener {
  /** The address it is bound to, with the port that the system chose. */
  readonly url: string;
  close(): Promise<void>;
}

/** @throws GatewayError listen-failed, address-invalid */
export async function listenPull(
  url: string,
  handlers: PullHandlers,
  options: PullOptions = {},
): Promise<PullListener> {
  const address = parseAddress(url);
  const connections = new Set<Connection>();
  const message_bytes_max = options.message_bytes_max ?? RING_LIMITS.message_bytes;
  const server: Server = createServer({ pauseOnConnect: true }, socket => {
    const connection = new Connection(socket, address.kind === 'ipc', message_bytes_max, handlers, () =>
      connections.delete(connection),
    );
    connections.add(connection);
  });
  if (address.kind === 'ipc') rmSync(address.path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(new GatewayError('listen-failed', url, error.message, error)));
    if (address.kind === 'ipc') server.listen(address.path, resolve);
    else server.listen(address.port, address.host, resolve);
  });
  const bound = address.kind === 'tcp' ? `tcp://${address.host}:${(server.address() as AddressInfo).port}` : url;
  return {
    url: bound,
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      for (const one of connections) one.close();
      await closed;
    },
  };
}

class Connection implements PullConnection {
  readonly peer: string;
  readonly framing: number;
  readonly #socket: Socket;
  readonly #handlers: PullHandlers;
  readonly #splitter: FrameSplitter;
  #greeting = Buffer.alloc(0);
  /** null before the handshake. */
  #taker: FrameTaker | null = null;
  #paused = false;

  constructor(accepted: Socket, ipc: boolean, message_bytes_max: number, handlers: PullHandlers, onClose: () => void) {
    this.#handlers = handlers;
    this.peer = ipc ? 'ipc' : `${accepted.remoteAddress}:${accepted.remotePort}`;
    this.framing = ipc ? FRAMING.sp_ipc : FRAMING.sp_tcp;
    this.#splitter = new FrameSplitter(ipc ? 1 : 0, message_bytes_max, {
      onSpan: span => this.#taker!.take(span),
      onBadFrame: length =>
        this.#fail(
          'message-too-long',
          length < 0 ? 'bytes that are no SP frame' : `a message of ${length} bytes; the limit is ${message_bytes_max}`,
        ),
    });
    const socket = readingInto(
      accepted,
      () => this.#splitter.room(),
      (count, bytes) => this.#read(count, bytes),
    );
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(HANDSHAKE_TIMEOUT_MS, () => {
      if (!this.#taker) this.#fail('peer-rejected', 'no SP handshake within 10 s');
    });
    socket.write(handshake(SP_PULL));
    socket.on('error', error =>
      handlers.onProblem(new GatewayError('connection-lost', this.peer, error.message, error)),
    );
    socket.once('close', () => {
      this.#taker?.gone();
      onClose();
    });
  }

  get bytes(): number {
    return this.#socket.bytesRead;
  }
  get paused(): boolean {
    return this.#paused;
  }

  resume(): void {
    if (!this.#paused || !this.#splitter.retry()) return;
    this.#paused = false;
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }

  /** @returns false: stop reading. */
  #read(count: number, bytes: Uint8Array): boolean {
    if (!this.#taker) {
      const rest = this.#greet(Buffer.from(bytes.subarray(0, count)));
      if (rest.length === 0 || !this.#taker) return true;
      bytes.set(rest);
      count = rest.length;
    }
    if (this.#splitter.filled(count)) return true;
    this.#paused = true;
    return false;
  }

  /** @returns what follows the handshake. */
  #greet(chunk: Buffer): Buffer {
    this.#greeting = Buffer.concat([this.#greeting, chunk]);
    if (this.#greeting.length < HANDSHAKE_BYTES) return Buffer.alloc(0);
    const protocol = peerProtocol(this.#greeting);
    if (protocol !== SP_PUSH) {
      this.#fail(
        'peer-rejected',
        protocol === null ? 'it does not speak SP' : `its protocol is 0x${protocol.toString(16)}, not PUSH (0x50)`,
      );
      return Buffer.alloc(0);
    }
    this.#taker = this.#handlers.onDriver(this);
    if (!this.#taker) this.#fail('peer-rejected', 'there are as many drivers as there may be');
    this.#socket.setTimeout(0);
    return this.#greeting.subarray(HANDSHAKE_BYTES);
  }

  #fail(code: 'peer-rejected' | 'message-too-long', detail: string): void {
    this.#handlers.onProblem(new GatewayError(code, this.peer, detail));
    this.#socket.destroy();
  }
}

/**
 * The accepted connection as a socket that reads into memory of ours (`onread`), which Node offers to those who connect but
 * not to servers. With 64 KiB allocated for each read the garbage collector took as long as the flow itself.
 */
function readingInto(
  accepted: Socket,
  buffer: () => Uint8Array,
  callback: (count: number, bytes: Uint8Array) => boolean,
): Socket {
  const carrier = accepted as unknown as { _handle: unknown };
  const handle = carrier._handle;
  // The server counts the accepted socket as closed; the connection lives on in ours.
  carrier._handle = null;
  accepted.destroy();
  const options = { handle, readable: true, writable: true, onread: { buffer, callback } };
  const socket = new Socket(options as SocketConstructorOpts);
  socket.resume();
  return socket;
}
