import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { ApiProblem, BadCall, Client } from '#client';
import { type Diagnostic, GatewayError, printable } from '#diagnostic';
import { complain, EXIT, fail, printFindings } from '../output.ts';
import { type Profile, readProfile } from './profile.ts';

export const DEFAULT_URL = 'http://127.0.0.1:8480';

/** Options of every command that talks to a gateway. */
export interface GatewayOptions {
  readonly url?: string;
  readonly token?: string;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly json?: boolean;
}
/** What a command on a gateway is given. */
export interface Run<O> {
  readonly client: Client;
  readonly args: readonly string[];
  readonly options: O & GatewayOptions;
}

/** Ends a command with one line and the code for a call that cannot be. */
export class UsageError extends Error {}

const GROUP = 'The gateway:';
const OPTIONS = [
  new Option('--url <url>', 'where it is; else FUSEWIRE_URL, what login stored, or http://127.0.0.1:8480'),
  new Option('--token <token>', 'API token; else FUSEWIRE_TOKEN, or what login stored'),
  new Option('--ca <file>', 'certificate (PEM) that the gateway’s must be signed by; else FUSEWIRE_CA'),
  new Option('--insecure', 'believe any certificate'),
];

/** Makes a command one that talks to a gateway; how it fails is the same for all. */
export function onGateway<O>(command: Command, run: (given: Run<O>) => Promise<void>): Command {
  command.option('--json', 'print JSON');
  gatewayOptions(command);
  return command.action(async () => {
    const options = command.opts<O & GatewayOptions>();
    const args = command.processedArgs
      .flat()
      .filter(one => one !== undefined)
      .map(String);
    await guarded(command, async () => run({ client: await connect(options), args, options }));
  });
}

export function gatewayOptions(command: Command): void {
  for (const option of OPTIONS) command.addOption(new Option(option.flags, option.description).helpGroup(GROUP));
}

export async function guarded(command: Command, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    await failOnGateway(error, command);
  }
}

/** Where the gateway is, and who one is there. A stored token goes only to the gateway that it is of. */
export function placeOf(
  options: GatewayOptions,
  profile: Profile | null = readProfile(),
): { url: string; token?: string; ca?: string; insecure?: boolean } {
  const url = checkedUrl(options.url ?? (process.env['FUSEWIRE_URL'] || profile?.url) ?? DEFAULT_URL);
  const stored = profile && checkedUrl(profile.url) === url ? profile : null;
  const token = (options.token ?? (process.env['FUSEWIRE_TOKEN'] || stored?.token))?.trim();
  const ca = options.ca ?? (process.env['FUSEWIRE_CA'] || stored?.ca);
  return { url, ...(token && { token }), ...(ca && { ca }), ...(options.insecure && { insecure: true }) };
}

export async function connect(options: GatewayOptions): Promise<Client> {
  const { ca, ...place } = placeOf(options);
  const { Client } = await import('#client');
  return new Client({ ...place, ...(ca !== undefined && { ca: readCertificate(ca) }) });
}

export function readCertificate(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new GatewayError('file-not-found', path, (error as Error).message, error);
  }
}

/** @throws UsageError */
export function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash)
    throw new UsageError(
      `${JSON.stringify(text)} is no address of a gateway; it looks like http://127.0.0.1:8480, or https://HOST:PORT`,
    );
  return url.href.replace(/\/+$/, '');
}

/** Prints what went wrong, where, and what to do; ends the process. */
async function failOnGateway(error: unknown, command: Command): Promise<never> {
  if (error instanceof UsageError || (error as BadCall).name === 'BadCall') {
    complain(printable((error as Error).message));
    process.exit(EXIT.usage);
  }
  if (error instanceof GatewayError && error.code === 'gateway-unreachable') {
    const why = (error.cause as Error | undefined)?.cause as Error | undefined;
    const said = why?.message ? ` (${printable(why.message)})` : '';
    if (/certificate|self.signed|altname/i.test(said)) {
      complain(`what answers at ${error.where} is not believed${said}`);
      complain('  hint: give the certificate that signs the gateway’s with --ca FILE');
    } else {
      complain(`no gateway answers at ${error.where}${said}: start one with: fusewire serve`);
      complain('or say with --url or fusewire login where it is');
    }
    process.exit(EXIT.world);
  }
  if ((error as ApiProblem).name !== 'ApiProblem') fail(error);
  const problem = error as ApiProblem;
  if (problem.diagnostics.length > 0) {
    printFindings(problem.diagnostics as Diagnostic[], String(command.processedArgs[0] ?? 'the request'));
    process.exit(EXIT.flowWrong);
  }
  complain(`error[${printable(problem.code)}]: ${printable(problem.message)}`);
  const hint = HINTS[problem.status];
  if (hint) complain(`  hint: ${hint}`);
  process.exit(WRONG_QUESTIONS.has(problem.status) ? EXIT.usage : EXIT.world);
}

/** What was asked for cannot be; the rest is the world's. */
const WRONG_QUESTIONS = new Set([400, 404, 405, 413, 415, 422]);
const HINTS: Readonly<Record<number, string>> = {
  401: 'log in with: fusewire login',
  403: 'see what you may with: fusewire whoami',
  412: 'somebody else has saved meanwhile: look with fusewire flow diff, then try again',
  429: 'wait a moment, then try again',
};

/** All items of a list, page by page, at most so many. */
export async function allOf<T>(
  fetchPage: (page: { limit: number; after?: string }) => Promise<{ items: T[]; next: string | null }>,
  most = 100_000,
): Promise<{ items: T[]; next: string | null }> {
  const items: T[] = [];
  let next: string | null = null;
  do {
    const limit = Math.min(500, most - items.length);
    const page: { items: T[]; next: string | null } = await fetchPage({ limit, ...(next !== null && { after: next }) });
    items.push(...page.items);
    next = page.next;
  } while (next !== null && items.length < most);
  return { items, next };
}
