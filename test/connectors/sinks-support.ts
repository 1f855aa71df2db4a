/** A broker that can be stopped and started, who hears what it is told, a line that can be cut, and sinks with what they report. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { connectAsync, type MqttClient } from 'mqtt';
import { openSink, type Sink } from '#connectors';
import type { GatewayError } from '#diagnostic';
import { needs } from '../support/tools.ts';

export const MOSQUITTO = needs('mosquitto || ls /usr/sbin/mosquitto', 'mosquitto');
export const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** Waits until something is so; names it when that takes too long. */
export async function until(what: string, test: () => boolean, ms = 20_000): Promise<void> {
  const end = performance.now() + ms;
  while (!test()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(5);
  }
}

/** What a test opens is closed after it, also when it fails. */
export type Owner = Pick<TestContext, 'after'>;

export interface Probe {
  readonly sink: Sink;
  readonly problems: GatewayError[];
  readonly failed: { readonly error: GatewayError; readonly body: string; readonly sequence: number }[];
  /** Writes, and waits while the sink is full. */
  put(body: string | Buffer, sequence: number): Promise<void>;
}

export async function openProbe(
  owner: Owner | null,
  kind: string,
  props: Record<string, unknown>,
  place: { readonly directory: string; readonly spool?: string | null; readonly confined?: boolean },
): Promise<Probe> {
  const problems: Probe['problems'] = [];
  const failed: Probe['failed'] = [];
  let room = Promise.withResolvers<void>();
  const sink = await openSink(kind, {
    node: 'sink',
    id_prefix: 'flow',
    spool: place.spool ?? null,
    props,
    directory: place.directory,
    confined: place.confined ?? false,
    events: {
      onDrain: () => room.resolve(),
      onProblem: error => problems.push(error),
      onFailed: (error, body, sequence) => failed.push({ error, body: Buffer.from(body).toString(), sequence }),
    },
  });
  owner?.after(() => sink.close());
  const put = async (body: string | Buffer, sequence: number): Promise<void> => {
    const bytes = Buffer.from(body);
    while (!sink.write(bytes, sequence)) {
      await room.promise;
      room = Promise.withResolvers<void>();
    }
  };
  return { sink, problems, failed, put };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export async function reachable(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const up = await new Promise(resolve =>
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
    );
    socket.destroy();
    if (up) return;
    await sleep(20);
  }
}

/** A mosquitto that remembers sessions over a stop, and takes any number of messages for one that is away. */
export class Broker {
  readonly port: number;
  readonly #config: string;
  #process: ChildProcess | null = null;

  private constructor(port: number, config: string) {
    this.port = port;
    this.#config = config;
  }

  /** @param settings more lines of its configuration. */
  static async start(owner: Owner, folder: string, settings: readonly string[] = []): Promise<Broker> {
    const home = mkdtempSync(join(folder, 'broker-'));
    const port = await freePort();
    const config = join(home, 'mosquitto.conf');
    const data = join(home, 'data');
    mkdirSync(data);
    const lines = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'user root',
      'persistence true',
      `persistence_location ${data}/`,
      'max_inflight_messages 0',
      'max_queued_messages 0',
      ...settings,
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    const broker = new Broker(port, config);
    owner.after(() => broker.stop());
    await broker.start();
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.#process = spawn('mosquitto', ['-c', this.#config], {
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
      stdio: 'ignore',
    });
    await reachable(this.port);
  }

  /** SIGTERM: it saves its sessions. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}

/** Subscribes by a session that the broker keeps while it is away; dials again by itself. */
export class Listener {
  /** Payloads, and the ids that came with them. */
  readonly heard: string[] = [];
  readonly ids: (string | undefined)[] = [];

  private constructor(client: MqttClient) {
    client.on('message', (_topic, payload, packet) => {
      this.heard.push(payload.toString());
      const id = packet.properties?.userProperties?.['fusewire-id'];
      this.ids.push(Array.isArray(id) ? id[0] : id);
    });
  }

  static async of(owner: Owner, url: string): Promise<Listener> {
    const client = await connectAsync(url, {
      protocolVersion: 5,
      clean: false,
      clientId: 'listener',
      reconnectPeriod: 50,
      properties: { sessionExpiryInterval: 3_600, receiveMaximum: 65_535 },
    });
    const listener = new Listener(client);
    owner.after(() => client.endAsync(true));
    await client.subscribeAsync('plant/#', { qos: 1 });
    return listener;
  }

  /** What came first of each, in order of arrival. */
  get distinct(): string[] {
    return [...new Set(this.heard)];
  }
}

/** Between a client and a server, so that the line can be cut in the middle of anything. */
export class Line {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async to(owner: Owner, port: number): Promise<Line> {
    const server = createServer(socket => {
      const other = connect(port, '127.0.0.1');
      for (const [one, two] of [
        [socket, other],
        [other, socket],
      ] as const) {
        line.#sockets.add(one);
        one.pipe(two);
        one.on('error', () => two.destroy());
        one.on('close', () => two.destroy() && line.#sockets.delete(one));
      }
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const line = new Line(server);
    owner.after(() => line.#server.close());
    owner.after(() => line.cut());
    return line;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
