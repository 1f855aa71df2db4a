import { GatewayError } from '#diagnostic';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/** Names that a gateway on loopback without login answers to. */
export const loopbackHosts = (configured: readonly string[] = []): readonly string[] => [
  ...LOOPBACK,
  ...configured.map(one => one.toLowerCase()),
];

const nameOf = (host: string): string => host.toLowerCase().replace(/:\d*$/, '');

/**
 * Against DNS rebinding: a page of `evil.example`, whose name suddenly means 127.0.0.1, sends its own name as host.
 * @param hosts null: any. @throws GatewayError host-refused
 */
export function checkHost(host: string | null, hosts: readonly string[] | null): void {
  if (hosts === null) return;
  if (host === null || !hosts.includes(nameOf(host))) throw new GatewayError('host-refused', host ?? '');
}

/**
 * A page of another site may send forms and simple requests, also to a gateway without login. Browsers say so; who sends a
 * token is no page. @throws GatewayError csrf-failed
 */
export function checkOrigin(request: Request, hosts: readonly string[] | null): void {
  if (SAFE.includes(request.method) || request.headers.has('authorization')) return;
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none')
    throw new GatewayError('csrf-failed', 'header.sec-fetch-site', `it says ${site.slice(0, 20)}`);
  const origin = request.headers.get('origin');
  if (origin === null) return;
  const from = /^https?:\/\/(.+)$/.exec(origin)?.[1]?.toLowerCase();
  const own = request.headers.get('host')?.toLowerCase();
  if (from === undefined || (from !== own && !hosts?.includes(nameOf(from))))
    throw new GatewayError('csrf-failed', 'header.origin', 'it is another site');
}
