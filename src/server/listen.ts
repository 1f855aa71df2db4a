import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import { GatewayError } from '#diagnostic';
import type { App } from './app.ts';
import { Fair, type FairLimits } from './fair.ts';
import { SERVER_LIMITS } from './limits.ts';
import type { Log } from './log.ts';
import { invalid, later, problemResponse } from './problem.ts';
import { senderReader } from './proxies.ts';
import { HSTS } from './respond.ts';

/** PEM files; read again at SIGHUP. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}
export interface ListenSetup {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly tls?: TlsFiles | null;
  /** Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed: addresses or networks. */
  readonly trusted_proxies?: readonly string[];
  readonly log: Log;
  /** Others than `SERVER_LIMITS`. */
  readonly limits?: Partial<ConnectionLimits>;
}
type ConnectionLimits = FairLimits & {
  readonly [K in 'connections' | 'headers_ms' | 'request_ms' | 'idle_ms' | 'keep_alive_ms' | 'check_ms']: number;
};
export interface Listening {
  /** e.g. `http://127.0.0.1:8480` */
  readonly url: string;
  readonly port: number;
  readonly connections: number;
  /** Reads certificate and key again; connections that are open keep theirs. @throws GatewayError tls-invalid: the former stay */
  reloadTls(): void;
  /** Takes nothing new, ends event streams, lets what is in hand finish; after `within_ms` what is left is cut. */
  close(within_ms: number): Promise<void>;
}

/** @throws GatewayError listen-failed, tls-invalid */
export async function listenHttp(app: App, setup: ListenSetup): Promise<Listening> {
  const server = new HttpServer(app, setup);
  await server.listen();
  return server;
}

const optionsOf = (limits: ConnectionLimits): ServerOptions => ({
  maxHeaderSize: SERVER_LIMITS.header_bytes,
  headersTimeout: limits.headers_ms,
  requestTimeout: limits.request_ms,
  keepAliveTimeout: limits.keep_alive_ms,
  connectionsCheckingInterval: limits.check_ms,
  noDelay: true,
});
const POLL_MS = 20;
/** Who is refused because too many wait may ask again. */
const BUSY_MS = 5_000;

class HttpServer implements Listening {
  readonly #app: App;
  readonly #setup: ListenSetup;
  readonly #server: Server | TlsServer;
  readonly #fair: Fair;
  readonly #sockets = new Set<Socket>();
  readonly #onHangUp: () => void;
  #isClosing = false;

  constructor(app: App, setup: ListenSetup) {
    const { tls, log } = setup;
    const limits: ConnectionLimits = { ...SERVER_LIMITS, ...setup.limits };
    this.#app = app;
    this.#setup = setup;
    this.#fair = new Fair(limits);
    const listener = this.#listener();
    this.#server = tls
      ? createTlsServer({ ...optionsOf(limits), ...readTls(tls), minVersion: 'TLSv1.2' }, listener)
      : createServer(optionsOf(limits), listener);
    this.#server.maxConnections = limits.connections;
    this.#server.maxHeadersCount = SERVER_LIMITS.headers;
    this.#server.setTimeout(limits.idle_ms);
    this.#server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => this.#track(socket));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket));
    this.#onHangUp = () => {
      try {
        this.reloadTls();
        log.info('certificate and key were read again');
      } catch (error) {
        log.error(`certificate and key stay as they were: ${(error as Error).message}`);
      }
    };
  }

  async listen(): Promise<void> {
    const { host, port, tls } = this.#setup;
    await new Promise<void>((resolve, reject) => {
      const refused = (error: Error): void =>
        reject(new GatewayError('listen-failed', `${host}:${port}`, error.message, error));
      this.#server.once('error', refused);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', refused);
        resolve();
      });
    });
    // Later errors (no descriptors left to accept with) concern one connection only.
    this.#server.on('error', error => this.#setup.log.error(`http: ${error.message}`));
    if (tls) process.on('SIGHUP', this.#onHangUp);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  get url(): string {
    const { host, tls } = this.#setup;
    return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${this.port}`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  reloadTls(): void {
    const { tls } = this.#setup;
    if (tls) (this.#server as TlsServer).setSecureContext(readTls(tls));
  }

  async close(within_ms: number): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    process.off('SIGHUP', this.#onHangUp);
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
    this.#app.end();
    // A connection that has just answered is kept alive; it has nothing more to say.
    const idle = setInterval(() => this.#server.closeIdleConnections(), POLL_MS);
    const cut = setTimeout(() => this.#cutAll(), within_ms);
    await closed;
    clearInterval(idle);
    clearTimeout(cut);
  }

  #cutAll(): void {
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #listener(): RequestListener {
    const { log, trusted_proxies = [] } = this.#setup;
    const senderOf = senderReader(trusted_proxies);
    const answer = getRequestListener(
      (request, { incoming, outgoing }) =>
        this.#app.fetch(request, {
          address: senderOf(incoming as IncomingMessage).address,
          cut: () => void outgoing.destroy(),
        }),
      {
        errorHandler: error =>
          problemResponse(invalid('path', (error as Error).message, 'Mend URL and Host.'), 'unknown', log),
      },
    );
    return (incoming: IncomingMessage, outgoing: ServerResponse) => {
      const { address, isSecure } = senderOf(incoming);
      if (isSecure) outgoing.setHeader('strict-transport-security', HSTS);
      if (this.#isClosing) outgoing.shouldKeepAlive = false;
      const handle = (answered: Promise<void>): void =>
        void answered.catch((error: unknown) => {
          log.error(`http: ${(error as Error).stack}`);
          outgoing.destroy();
        });
      const isTaken = this.#fair.take(
        address,
        () => handle(answer(incoming, outgoing)),
        () => outgoing.destroyed,
      );
      if (isTaken) return;
      // With the connection goes what else was sent on it, its body too.
      outgoing.shouldKeepAlive = false;
      handle(give(problemResponse(later('server-busy', 'requests', BUSY_MS), 'unknown', log), outgoing));
    };
  }
}

async function give(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(await response.text());
}

/** @throws GatewayError tls-invalid */
function readTls({ cert, key }: TlsFiles): { cert: Buffer; key: Buffer } {
  try {
    const files = { cert: readFileSync(cert), key: readFileSync(key) };
    createSecureContext(files);
    return files;
  } catch (error) {
    throw new GatewayError('tls-invalid', cert, (error as Error).message, error);
  }
}

/** What is no HTTP, or too slow: told in one line, and closed. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
