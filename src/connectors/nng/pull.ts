import { rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, Socket, type SocketConstructorOpts } from 'node:net';
import { FRAMING, RING_LIMITS } from '#abi';
import { GatewayError } from '#diagnostic';
import { parseAddress } from '../address.ts';
import { HANDSHAKE_BYTES, HANDSHAKE_TIMEOUT_MS, handshake, peerProtocol, SP_PULL, SP_PUSH } from './protocol.ts';
import { FrameSplitter } from './splitter.ts';

export interface PullHandlers {
  /** A span of whole frames of one driver, valid during the call. @returns false: no room, wait for `resume`. */
  readonly onFrames: (driver: number, framing: number, span: Uint8Array) => boolean;
  /** A peer was turned away or lost, with the reason. */
  readonly onProblem: (error: GatewayError) => void;
}
export interface PullOptions {
  readonly message_bytes_max?: number;
}
export interface PullConnection {
  readonly driver: number;
  readonly peer: string;
  readonly bytes: number;
  readonly paused: boolean;
}

/** An nng PULL socket that listens. */
export interface PullListener {
  /** The address it is bound to, with the port that the system chose. */
  readonly url: string;
  readonly connections: readonly PullConnection[];
  /** There is room again: goes on with every paused driver. */
  resume(): void;
  close(): Promise<void>;
}

/** Numbers of drivers, shared by all listeners: each driver has its own. */
const slots = new Set<number>();

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
    get connections() {
      return [...connections].map(one => one.describe());
    },
    resume: () => connections.forEach(one => void one.resume()),
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      for (const one of connections) one.close();
      await closed;
    },
  };
}

class Connection {
  readonly #socket: Socket;
  readonly #handlers: PullHandlers;
  readonly #splitter: FrameSplitter;
  readonly #peer: string;
  readonly #driver: number;
  #greeting = Buffer.alloc(0);
  #greeted = false;
  #paused = false;

  constructor(accepted: Socket, ipc: boolean, message_bytes_max: number, handlers: PullHandlers, onClose: () => void) {
    this.#handlers = handlers;
    this.#peer = ipc ? 'ipc' : `${accepted.remoteAddress}:${accepted.remotePort}`;
    this.#driver = takeSlot();
    const framing = ipc ? FRAMING.sp_ipc : FRAMING.sp_tcp;
    this.#splitter = new FrameSplitter(ipc ? 1 : 0, message_bytes_max, {
      onSpan: span => handlers.onFrames(this.#driver, framing, span),
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
      if (!this.#greeted) this.#fail('peer-rejected', 'no SP handshake within 10 s');
    });
    socket.write(handshake(SP_PULL));
    socket.on('error', error =>
      handlers.onProblem(new GatewayError('connection-lost', this.#peer, error.message, error)),
    );
    socket.once('close', () => {
      slots.delete(this.#driver);
      onClose();
    });
  }

  describe(): PullConnection {
    return { driver: this.#driver, peer: this.#peer, bytes: this.#socket.bytesRead, paused: this.#paused };
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
    if (!this.#greeted) {
      const rest = this.#greet(Buffer.from(bytes.subarray(0, count)));
      if (rest.length === 0) return true;
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
    this.#greeted = true;
    this.#socket.setTimeout(0);
    return this.#greeting.subarray(HANDSHAKE_BYTES);
  }

  #fail(code: 'peer-rejected' | 'message-too-long', detail: string): void {
    this.#handlers.onProblem(new GatewayError(code, this.#peer, detail));
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

/** The lowest free slot; the last one is shared when all are taken. */
function takeSlot(): number {
  let slot = 0;
  while (slots.has(slot) && slot < RING_LIMITS.drivers - 1) slot += 1;
  slots.add(slot);
  return slot;
}
