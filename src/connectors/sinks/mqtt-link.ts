import type { IClientOptions, IDisconnectPacket, MqttClient } from 'mqtt';
import { Backoff } from './backoff.ts';
import { type Link, type LinkEvents, Permanent } from './link.ts';
import { SINK_LIMITS } from './sink.ts';

export interface MqttSettings {
  readonly url: string;
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** 4: MQTT 3.1.1. */
  readonly version: 4 | 5;
  readonly client_id: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** How long the broker may take to acknowledge anything before the connection is given up. */
  readonly timeout_ms: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
const KEEPALIVE_S = 15;
/** A connection that has lasted so long was a good one: the next is tried soon. */
const GOOD_MS = 10_000;
const ID_PROPERTY = 'fusewire-id';
/** Reason codes that say that this message will never be taken; as PUBACK, PUBREC, PUBCOMP or, except 0x87, as DISCONNECT. */
const REFUSED_FOR_GOOD: ReadonlySet<number> = new Set([
  0x81, // malformed packet
  0x87, // not authorized
  0x90, // topic name invalid
  0x95, // packet too large
  0x99, // payload format invalid
]);
const NOT_AUTHORIZED = 0x87;
/** A refusal by a reason code that does not belong to PUBACK, as mosquitto's for what is over its message_size_limit. */
const REFUSAL_UNREADABLE = /^Invalid (puback|pubrec|pubcomp) reason code$/;
const LONGEST_STRING = 0xffff;

/**
 * A client of its own for every connection, without a session and without dialling of its own: so nothing is kept or sent again
 * but by us. What was not acknowledged when the connection ends counts as not sent.
 */
export class MqttLink implements Link {
  readonly #connect: (url: string, options: IClientOptions) => MqttClient;
  readonly #settings: MqttSettings;
  readonly #backoff = new Backoff();
  #events: LinkEvents | null = null;
  /** Connected, not only dialling. */
  #client: MqttClient | null = null;
  #dialling: MqttClient | null = null;
  #redial: NodeJS.Timeout | null = null;
  #silence: NodeJS.Timeout | null = null;
  #gaveUp: Error | null = null;
  #unanswered = 0;
  #window = 0;
  #largest = Infinity;
  #closed = false;

  constructor(connect: (url: string, options: IClientOptions) => MqttClient, settings: MqttSettings) {
    this.#connect = connect;
    this.#settings = settings;
  }

  get window(): number {
    return this.#window;
  }

  /** From now on it dials again by itself whenever the connection is lost. */
  attach(events: LinkEvents): Link {
    this.#events = events;
    if (!this.#client && !this.#dialling) this.#dialSoon();
    return this;
  }

  /** @throws Error why there is no connection. */
  dial(): Promise<void> {
    const { url, version, client_id, username, password } = this.#settings;
    const client = this.#connect(url, {
      protocolVersion: version,
      clientId: client_id,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepalive: KEEPALIVE_S,
      clean: true,
      resubscribe: false,
      queueQoSZero: false,
      reconnectPeriod: 0,
    });
    this.#dialling = client;
    let reason: Error | null = null;
    let since = 0;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    client.on('error', error => {
      reason ??= REFUSAL_UNREADABLE.test(error.message)
        ? new Permanent(`too large or not wanted (${error.message})`)
        : error;
      // What could not be read leaves a connection that hears nothing any more.
      if (this.#client === client) client.end(true);
    });
    client.on('disconnect', packet => (reason ??= disconnected(packet)));
    client.on('connect', () => {
      since = performance.now();
      this.#up(client);
      resolve();
    });
    client.once('close', () => {
      const error = this.#gaveUp ?? reason ?? new Error('the connection was closed');
      this.#gaveUp = null;
      reject(error);
      if (since > 0 && performance.now() - since > GOOD_MS) this.#backoff.reset();
      this.#down(client, error);
    });
    return promise;
  }

  send(body: Buffer, id: string, done: (error: Error | null) => void): void {
    const client = this.#client!;
    const { topic, qos, retain, version } = this.#settings;
    const withId = version === 5 && id.length <= LONGEST_STRING;
    if (this.#packetBytes(body, withId ? id : null) > this.#largest) {
      done(new Permanent(`the broker takes packets up to ${this.#largest} bytes`));
      return;
    }
    this.#unanswered += 1;
    this.#silence ??= setTimeout(() => this.#giveUp(), this.#settings.timeout_ms);
    const properties = withId ? { properties: { userProperties: { [ID_PROPERTY]: id } } } : {};
    client.publish(topic, body, { qos, retain, ...properties }, error => {
      if (client !== this.#client) return;
      const code = (error as { code?: unknown } | null | undefined)?.code;
      // Without a reason code it is the connection that failed.
      if (error && typeof code !== 'number') {
        client.end(true);
        return;
      }
      this.#answered();
      if (!error) done(null);
      else done(REFUSED_FOR_GOOD.has(code as number) ? new Permanent(error.message) : error);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const client = this.#client ?? this.#dialling;
    const isClean = this.#client !== null && this.#unanswered === 0;
    this.#client = null;
    this.#dialling = null;
    this.#window = 0;
    for (const timer of [this.#redial, this.#silence]) if (timer) clearTimeout(timer);
    if (!client) return;
    const ended = new Promise<void>(resolve => client.once('close', resolve));
    client.end(!isClean);
    const late = setTimeout(() => client.stream.destroy(), CONNECT_TIMEOUT_MS);
    await ended;
    clearTimeout(late);
  }

  #up(client: MqttClient): void {
    if (this.#closed) return;
    this.#dialling = null;
    this.#client = client;
    this.#unanswered = 0;
    this.#window = Math.min(SINK_LIMITS.in_flight, client.serverProperties?.receiveMaximum ?? SINK_LIMITS.in_flight);
    this.#largest = client.serverProperties?.maximumPacketSize ?? Infinity;
    this.#events?.onReady();
  }

  #down(client: MqttClient, error: Error): void {
    const wasUp = this.#client === client;
    if (!wasUp && this.#dialling !== client) return;
    this.#client = null;
    this.#dialling = null;
    this.#window = 0;
    if (this.#silence) clearTimeout(this.#silence);
    this.#silence = null;
    if (!this.#events) return;
    if (wasUp) this.#events.onLost(error);
    else this.#events.onProblem(error);
    this.#dialSoon();
  }

  #dialSoon(): void {
    this.#redial = setTimeout(() => void this.dial().catch(() => undefined), this.#backoff.next());
  }

  #answered(): void {
    this.#unanswered -= 1;
    this.#backoff.reset();
    if (this.#unanswered > 0) this.#silence?.refresh();
    else {
      if (this.#silence) clearTimeout(this.#silence);
      this.#silence = null;
    }
  }

  #giveUp(): void {
    this.#silence = null;
    this.#gaveUp = new Error(`no acknowledgement within ${this.#settings.timeout_ms} ms`);
    this.#client?.end(true);
  }

  /** Of a PUBLISH, exactly: a fixed header, the topic, the packet id, the properties, the body. */
  #packetBytes(body: Buffer, id: string | null): number {
    const { topic, qos, version } = this.#settings;
    const properties = id === null ? 0 : 1 + 2 + ID_PROPERTY.length + 2 + id.length;
    const rest =
      2 +
      Buffer.byteLength(topic) +
      (qos > 0 ? 2 : 0) +
      (version === 5 ? varintBytes(properties) : 0) +
      properties +
      body.length;
    return 1 + varintBytes(rest) + rest;
  }
}

const varintBytes = (value: number): number => (value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4);

function disconnected({ reasonCode }: IDisconnectPacket): Error {
  const text = `the broker has disconnected with reason code 0x${(reasonCode ?? 0).toString(16)}`;
  const isPermanent = REFUSED_FOR_GOOD.has(reasonCode ?? 0) && reasonCode !== NOT_AUTHORIZED;
  return isPermanent ? new Permanent(text) : new Error(text);
}
