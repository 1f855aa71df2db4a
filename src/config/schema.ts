import { isIP } from 'node:net';
import { z } from 'zod';
import { RING_LIMITS } from '#abi';
import { parseAddress } from '#connectors';
import { CONFIG_LIMITS } from './limits.ts';

/** What is to be known of a key beside its type. */
export interface KeyNotes {
  /** As commander writes it. */
  readonly flag?: string;
  /** A path: of a file's value it starts at the file's folder, else at the working directory. */
  readonly isPath?: true;
  /** Never shown. */
  readonly secret?: true;
}
export const keyNotes = z.registry<KeyNotes>();

const KIB = 1024;
const MIB = 1024 * KIB;
const MINUTE_MS = 60_000;
const PATH_CHARS_MAX = 4_096;
/** Longest delay of a Node timer. */
const TIMER_MS_MAX = 2_147_483_647;

const HOST_PORT = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?):\d{1,5}$/;

export interface HostPort {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}
/** Of `http.listen`. */
export function hostPort(text: string): HostPort {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
}

const isIngest = (url: string): boolean => {
  try {
    parseAddress(url);
    return true;
  } catch {
    return false;
  }
};

function isNetwork(text: string): boolean {
  const [address, bits, ...more] = text.split('/') as [string, ...string[]];
  const kind = isIP(address);
  if (kind === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (kind === 4 ? 32 : 128));
}

const whole = (min: number, max: number) => z.int().min(min).max(max);
const list = (item: z.ZodString) => z.array(item).max(CONFIG_LIMITS.list_items);
const path = () => z.string().min(1).max(PATH_CHARS_MAX);

const http = z.strictObject({
  listen: z
    .string()
    .regex(HOST_PORT, { error: 'expected HOST:PORT, such as 127.0.0.1:8480 or [::1]:8480', abort: true })
    .refine(text => hostPort(text).port < 65_536, 'a port is at most 65535')
    .default('127.0.0.1:8480')
    .describe('Where the API and the studio are served')
    .register(keyNotes, { flag: '--listen <host:port>' }),
  tls: z
    .strictObject({
      cert_file: path()
        .nullable()
        .default(null)
        .describe('Certificate chain in PEM; with it and the key, HTTPS is spoken instead of HTTP')
        .register(keyNotes, { isPath: true }),
      key_file: path()
        .nullable()
        .default(null)
        .describe('Private key of the certificate in PEM')
        .register(keyNotes, { isPath: true }),
    })
    .prefault({}),
  insecure: z
    .boolean()
    .default(false)
    .describe('Listen on an address that others reach, without login or without TLS')
    .register(keyNotes, { flag: '--insecure' }),
  body_bytes_max: whole(64 * KIB, 1024 * MIB)
    .default(32 * MIB)
    .describe('Largest body of a request'),
  trusted_proxies: list(z.string().refine(isNetwork, 'expected an address or a network, such as 10.0.0.0/8'))
    .default([])
    .describe('Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed'),
});

const ingest = z.strictObject({
  listen: list(z.string().max(PATH_CHARS_MAX).refine(isIngest, 'expected tcp://HOST:PORT or ipc://PATH'))
    .default(['tcp://127.0.0.1:5555'])
    .describe('Where drivers push to')
    .register(keyNotes, { flag: '--ingest <url...>' }),
  message_bytes_max: whole(1, RING_LIMITS.message_bytes)
    .default(RING_LIMITS.message_bytes)
    .describe('Largest message of a driver; a longer one closes its connection'),
});

const auth = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('Ask for a login or a token; without, everybody who reaches the gateway is admin'),
  session_hours: whole(1, 24 * 365)
    .default(12)
    .describe('A session ends so long after the login'),
  session_idle_minutes: whole(1, 60 * 24 * 365)
    .default(60)
    .describe('A session ends when it was not used so long'),
  password_chars_min: whole(8, 128).default(12).describe('Shortest password'),
  login_failures: whole(1, 1_000)
    .default(5)
    .describe('Failed logins of a user, or from an address, before the next has to wait'),
  login_wait_ms_max: whole(1_000, 24 * 60 * MINUTE_MS)
    .default(15 * MINUTE_MS)
    .describe('Longest wait after failed logins; it doubles from 1 s up to this'),
});

const telemetry = z.strictObject({
  otlp_endpoint: z
    .url({ protocol: /^https?$/, error: 'expected http://… or https://…' })
    .nullable()
    .default(null)
    .describe('Where OpenTelemetry metrics and traces are sent to (OTLP over HTTP); without, nothing is sent'),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]+$/, 'expected the name of a header'),
      z.string().regex(/^[\x20-\x7e]*$/, 'expected printable ASCII'),
    )
    .default({})
    .describe('Headers sent with it, for example of a login')
    .register(keyNotes, { secret: true }),
  interval_ms: whole(1_000, TIMER_MS_MAX).default(10_000).describe('Time between two exports'),
  service_name: z.string().min(1).max(255).default('fusewire').describe('What the gateway calls itself there'),
});

const limits = z.strictObject({
  flows: whole(1, 1_000).default(1_000).describe('Flows, running or not'),
  log_lines: whole(1, 100_000).default(1_000).describe('Lines of the log kept in memory, of each flow'),
  live_clients: whole(1, 10_000).default(64).describe('Connections at once that watch live data'),
  requests_per_s: whole(10, 100_000)
    .default(500)
    .describe('Requests answered in a second, 200 more after a quiet time; the others wait, so that flows do not'),
});

const snapshots = z.strictObject({
  interval_ms: whole(100, TIMER_MS_MAX).default(10_000).describe('Longest time between two snapshots of a flow'),
  records: whole(1, Number.MAX_SAFE_INTEGER).default(50_000_000).describe('Most records between two snapshots'),
  sync_ms: whole(1, MINUTE_MS)
    .default(50)
    .describe('Longest time after which the journal is synced to the disk: what a power cut can cost'),
});

/** Everything that can be configured. Unknown keys are errors. The last word of a name is its unit; without one it counts things. */
export const configSchema = z.strictObject({
  data_directory: path()
    .default('data')
    .describe('Where everything is kept: flows, nodes, users, state; one gateway at a time')
    .register(keyNotes, { flag: '--data <dir>', isPath: true }),
  http: http.prefault({}),
  ingest: ingest.prefault({}),
  auth: auth.prefault({}),
  secrets: z
    .strictObject({
      key_file: path()
        .nullable()
        .default(null)
        .describe('Key that the secrets are encrypted with; made at first use; default: secrets.key in data_directory')
        .register(keyNotes, { isPath: true }),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error'])
        .default('info')
        .describe('The least that is logged')
        .register(keyNotes, { flag: '--log-level <level>' }),
      format: z
        .enum(['json', 'pretty'])
        .default('json')
        .describe('json: one object a line; pretty: for people')
        .register(keyNotes, { flag: '--log-format <format>' }),
    })
    .prefault({}),
  telemetry: telemetry.prefault({}),
  limits: limits.prefault({}),
  stop_ms: whole(0, 60 * MINUTE_MS)
    .default(10_000)
    .describe('How long each flow may go on delivering what it holds when the gateway stops'),
  snapshots: snapshots.prefault({}),
});

export type Config = z.output<typeof configSchema>;
