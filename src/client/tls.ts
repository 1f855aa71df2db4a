/** Certificates of one's own, in Node only: a browser has its own rules for them. */
export interface TlsOptions {
  /** PEM; only what these sign is trusted then. */
  readonly ca?: string;
  /** Believe any certificate. */
  readonly insecure?: boolean;
}

/** `fetch` over connections of such an agent; http: goes the usual way. */
export function tlsFetch({ ca, insecure }: TlsOptions): typeof fetch {
  // Asked for at run time, so that nothing of Node stands among the imports of a browser's bundle.
  const node = globalThis.process?.getBuiltinModule;
  if (!node) throw new TypeError('ca and insecure are for Node; a browser decides about certificates by itself');
  const { Agent, request: send } = node('node:https');
  const { Readable } = node('node:stream');
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: !insecure, ...(ca !== undefined && { ca }) });
  return async (input, init) => {
    const asked = new Request(input, init);
    if (!asked.url.startsWith('https:')) return fetch(asked);
    const body = new Uint8Array(await asked.arrayBuffer());
    const headers = { ...Object.fromEntries(asked.headers), 'content-length': String(body.length) };
    return new Promise((resolve, reject) => {
      const request = send(asked.url, { method: asked.method, headers, agent, signal: asked.signal }, answer => {
        const status = answer.statusCode ?? 500;
        const empty = status === 204 || status === 304;
        if (empty) answer.resume();
        const given = new Headers();
        for (let i = 0; i < answer.rawHeaders.length; i += 2)
          given.append(answer.rawHeaders[i]!, answer.rawHeaders[i + 1]!);
        const stream = empty ? null : (Readable.toWeb(answer) as unknown as ReadableStream);
        resolve(new Response(stream, { status, headers: given }));
      });
      request.on('error', cause => reject(new TypeError('fetch failed', { cause })));
      request.end(body);
    });
  };
}
