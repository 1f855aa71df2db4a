import { isLoopback, parseAddress } from '#connectors';
import type { Diagnostic } from '#diagnostic';
import { found } from './findings.ts';
import type { Origin } from './layers.ts';
import { type Config, hostPort } from './schema.ts';

/** Rules that look at more than one key. */
export function checkConfig(config: Config, originOf: (key: string) => Origin): Diagnostic[] {
  return [...checkTls(config, originOf), ...checkHttp(config, originOf), ...checkIngest(config, originOf)];
}

function checkTls({ http }: Config, originOf: (key: string) => Origin): Diagnostic[] {
  const { cert_file, key_file } = http.tls;
  if ((cert_file === null) === (key_file === null)) return [];
  const [there, missing] = cert_file === null ? ['key_file', 'cert_file'] : ['cert_file', 'key_file'];
  const message = `http.tls.${there} is set and http.tls.${missing} is not`;
  const { place } = originOf(`http.tls.${there}`);
  return [found('config-invalid', ['http', 'tls', missing!], message, 'TLS needs both.', place)];
}

/** Whoever reaches a gateway without login is its admin; whoever listens to one without TLS learns passwords. */
function checkHttp({ http, auth }: Config, originOf: (key: string) => Origin): Diagnostic[] {
  const isSafe = auth.enabled && http.tls.cert_file !== null;
  if (isSafe || isLoopback(hostPort(http.listen).host)) return [];
  const without = [auth.enabled ? '' : 'a login', http.tls.cert_file === null ? 'TLS' : ''].filter(Boolean);
  const message = `${http.listen} can be reached from outside, without ${without.join(' and without ')}`;
  const hint = http.insecure
    ? 'It is allowed by http.insecure; see docs/security.md.'
    : 'Set auth.enabled and http.tls, or listen on 127.0.0.1, or allow it by http.insecure; see docs/security.md.';
  const severity = http.insecure ? 'warning' : 'error';
  const { place } = originOf('http.listen');
  return [found('exposed-without-auth', ['http', 'listen'], message, hint, place, severity)];
}

/** nng has no login. */
function checkIngest({ ingest }: Config, originOf: (key: string) => Origin): Diagnostic[] {
  return ingest.listen.flatMap((url, index) => {
    const address = parseAddress(url);
    if (address.kind === 'ipc' || isLoopback(address.host)) return [];
    const message = `${url} can be reached from outside, and drivers do not log in`;
    const hint = 'Make sure that only drivers reach it; see docs/security.md.';
    const { place } = originOf('ingest.listen');
    return [found('ingest-exposed', ['ingest', 'listen', index], message, hint, place, 'warning')];
  });
}
