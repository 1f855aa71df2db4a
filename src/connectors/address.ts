import { isIP } from 'node:net';
import { GatewayError } from '#diagnostic';

export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'ipc'; readonly path: string };

/** `tcp://HOST:PORT` or `ipc://PATH`, as nng writes them. @throws GatewayError address-invalid */
export function parseAddress(url: string): Address {
  const tcp = /^tcp:\/\/(\[[0-9a-f:]+\]|[^:/\s]+):(\d{1,5})$/i.exec(url);
  if (tcp && Number(tcp[2]) < 65_536)
    return { kind: 'tcp', host: tcp[1]!.replace(/^\[|\]$/g, ''), port: Number(tcp[2]) };
  const ipc = /^ipc:\/\/(.+)$/.exec(url);
  if (ipc) return { kind: 'ipc', path: ipc[1]! };
  throw new GatewayError('address-invalid', url);
}

/** Only this machine reaches it. Names other than `localhost` may mean anything. */
export function isLoopback(host: string): boolean {
  const plain = host.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  if (isIP(plain) === 4) return plain.startsWith('127.');
  return plain === 'localhost' || (isIP(plain) === 6 && /^[0:]*:0*1$/.test(plain));
}
