import { GatewayError } from '#diagnostic';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

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
