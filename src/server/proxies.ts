import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Who sends a request, and whether it came over TLS. */
export interface Sender {
  readonly address: string;
  readonly isSecure: boolean;
}

/**
 * Reads `X-Forwarded-For` and `X-Forwarded-Proto` of proxies that are trusted; of others these headers are nothing.
 * @param trusted addresses or networks, e.g. `10.0.0.0/8`
 */
export function senderReader(trusted: readonly string[]): (incoming: IncomingMessage) => Sender {
  const list = new BlockList();
  for (const one of trusted) {
    const [address, bits] = one.split('/') as [string, string?];
    if (bits === undefined) list.addAddress(address, family(address));
    else list.addSubnet(address, Number(bits), family(address));
  }
  const isTrusted = (address: string): boolean => isIP(address) !== 0 && list.check(address, family(address));
  return ({ socket, headers }) => {
    const peer = plain(socket.remoteAddress ?? '');
    const own: Sender = { address: peer, isSecure: 'encrypted' in socket };
    if (trusted.length === 0 || !isTrusted(peer)) return own;
    const hops = String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .map(hop => plain(hop.trim()));
    // Each proxy adds at the end whom it was asked by: the last that is no proxy of ours is the client.
    const address = hops.findLast(hop => isIP(hop) !== 0 && !isTrusted(hop)) ?? peer;
    return { address, isSecure: String(headers['x-forwarded-proto'] ?? '').toLowerCase() === 'https' };
  };
}

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
/** IPv4 as IPv6 sockets show it. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '');
