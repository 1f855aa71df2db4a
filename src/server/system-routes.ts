import type { Permission } from '#api';
import { ANONYMOUS } from './access.ts';
import type { Family } from './family.ts';
import { healthz, type Readiness, readyz } from './health.ts';
import { credentialsOf, identify } from './identify.ts';
import type { OpenApi } from './openapi.ts';
import type { Peer } from './peer.ts';
import { respond } from './respond.ts';
import type { Shared } from './route-server.ts';

export interface SystemSetup {
  readonly version: string;
  /** Asked at each `/readyz`. */
  readonly readiness: () => Readiness;
  /** Name of the session's cookie, for the document. */
  readonly cookie?: string;
}
export interface SystemRoute {
  readonly name: string;
  readonly path: string;
  readonly answer: (request: Request, peer: Peer) => Promise<Response>;
}

const COOKIE = 'fusewire';
/** Documents change with the version only. */
const KEPT = { 'cache-control': 'no-cache' };

/** What stands beside the table: for supervisors, monitoring and people. What few ask for is loaded and made when they do. */
export class SystemRoutes {
  readonly #setup: SystemSetup;
  readonly #shared: Shared;
  readonly #families: () => Promise<readonly Family[]>;
  // Made once: anybody may ask for them, and each takes tens of milliseconds.
  #openapi: Promise<OpenApi> | null = null;
  #json: Promise<string> | null = null;
  #html: Promise<string> | null = null;

  constructor(setup: SystemSetup, shared: Shared, families: () => Promise<readonly Family[]>) {
    this.#setup = setup;
    this.#shared = shared;
    this.#families = families;
  }

  /** @param hasRoot `/` leads to the docs: there is no studio */
  routes(hasRoot: boolean): SystemRoute[] {
    const toDocs = async (): Promise<Response> => respond(302, null, null, { location: '/docs' });
    return [
      { name: 'healthz', path: '/healthz', answer: async () => healthz() },
      { name: 'readyz', path: '/readyz', answer: (request, peer) => this.#readyz(request, peer) },
      { name: 'metrics', path: '/metrics', answer: (request, peer) => this.#metrics(request, peer) },
      { name: 'openapi', path: '/openapi.json', answer: () => this.#document() },
      { name: 'docs', path: '/docs', answer: () => this.#page() },
      { name: 'docs', path: '/docs/style.css', answer: () => asset('DOCS_STYLE', 'text/css; charset=utf-8') },
      { name: 'docs', path: '/docs/copy.js', answer: () => asset('DOCS_SCRIPT', 'text/javascript; charset=utf-8') },
      ...(hasRoot ? [{ name: 'root', path: '/', answer: toDocs }] : []),
    ];
  }

  openapi(): Promise<OpenApi> {
    this.#openapi ??= this.#make();
    return this.#openapi;
  }

  async #make(): Promise<OpenApi> {
    const { openApi } = await import('./openapi.ts');
    return openApi(this.#setup.version, this.#setup.cookie ?? COOKIE);
  }

  async #readyz(request: Request, peer: Peer): Promise<Response> {
    const identity = await this.#who(request, peer, 'public');
    const isKnown = identity !== ANONYMOUS && this.#shared.access.can(identity, 'read');
    return readyz(this.#setup.readiness(), isKnown);
  }

  async #metrics(request: Request, peer: Peer): Promise<Response> {
    await this.#who(request, peer, 'read');
    const { prometheusText, PROMETHEUS_TYPE } = await import('./prometheus.ts');
    return respond(200, await prometheusText(await this.#families()), PROMETHEUS_TYPE);
  }

  async #document(): Promise<Response> {
    this.#json ??= this.openapi().then(document => JSON.stringify(document));
    return respond(200, await this.#json, 'application/json', KEPT);
  }

  async #page(): Promise<Response> {
    this.#html ??= Promise.all([import('./docs-page.ts'), this.openapi()]).then(([{ docsPage }, api]) => docsPage(api));
    return respond(200, await this.#html, 'text/html; charset=utf-8', KEPT);
  }

  #who(request: Request, peer: Peer, permission: Permission): ReturnType<typeof identify> {
    return identify(this.#shared.access, credentialsOf(request, peer), permission);
  }
}

async function asset(name: 'DOCS_STYLE' | 'DOCS_SCRIPT', type: string): Promise<Response> {
  const assets = await import('./docs-assets.ts');
  return respond(200, assets[name], type, KEPT);
}
