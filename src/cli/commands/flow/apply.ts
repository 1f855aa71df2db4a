import type { Command } from 'commander';
import type { DeployDto, DiagnosticDto, DraftDto, FlowDto, VersionDto } from '#api';
import { ApiProblem, type Client } from '#client';
import { type Diagnostic, hasErrors } from '#diagnostic';
import { onGateway, UsageError } from '../../gateway/connect.ts';
import { flowIdOf, readDocument, readTests } from '../../gateway/document-file.ts';
import { exitOf, followDeploy, reportDeploy } from '../../gateway/follow-deploy.ts';
import { waitOptions } from '../../gateway/job.ts';
import { EXIT, print, printFindings, printJson } from '../../output.ts';

interface ApplyOptions {
  readonly id?: string;
  readonly test?: string[];
  readonly message: string;
  readonly deploy?: boolean;
  readonly wait: boolean;
  readonly json?: boolean;
}
/** What is said at the end: the API's own shapes. */
interface Applied {
  flow: FlowDto | null;
  /** null: the document has errors, and nothing was changed. */
  version: VersionDto | null;
  deploy: DeployDto | null;
  diagnostics: readonly DiagnosticDto[];
}

export function addApply(command: Command): void {
  command
    .argument('<file>', 'flow.json or flow.pb')
    .option('--id <id>', 'the flow’s id; else made from the name in the document')
    .option('--test <file...>', 'golden tests (*.test.yaml), instead of those that the flow has')
    .option('-m, --message <text>', 'of the version', '')
    .option('--deploy', 'deploy it')
    .addHelpText('after', '\nExample:\n  fusewire flow apply flow.json --deploy -m "Alarm at 85 °C"');
  waitOptions(command);
  onGateway<ApplyOptions>(command, async ({ client, args: [file], options }) => {
    const say = options.json ? () => undefined : print;
    const applied = await apply(client, file!, options, say);
    if (options.json) printJson(applied);
    else if (applied.deploy?.ended_at) reportDeploy(applied.deploy, { file: file! });
  });
}

async function apply(
  client: Client,
  file: string,
  options: ApplyOptions,
  say: (text: string) => void,
): Promise<Applied> {
  const read = await readDocument(file);
  if ('diagnostics' in read) return refused(read.diagnostics, file, options);
  const { document, name } = read;
  const id = options.id ?? flowIdOf(name);
  const tests = options.test ? readTests(options.test) : null;
  const { flow: known, created } = await find(client, id, name);
  const params = { flow: id };
  const { diagnostics, ok } = await client.call('checkDraft', { params, body: { document } });
  if (!ok) {
    // All or nothing: a flow that was made for a wrong document would only stand in the way.
    if (created) await client.call('removeFlow', { params });
    return refused(diagnostics, file, options);
  }
  if (diagnostics.length > 0 && !options.json) printFindings(diagnostics as Diagnostic[], file);
  if (created) say(`created ${id}`);
  await save(client, id, document, tests, say);
  const version = await cut(client, id, known, options.message, say);
  const begun = options.deploy ? await deploy(client, id, version, say) : null;
  const ended = begun && options.wait ? await followDeploy(client, begun, options) : begun;
  if (ended) process.exitCode = exitOf(ended);
  if (ended && !options.wait) say(`deploy ${ended.id} has begun`);
  return { flow: await client.call('getFlow', { params }), version, deploy: ended, diagnostics };
}

function refused(diagnostics: readonly DiagnosticDto[] | Diagnostic[], file: string, options: ApplyOptions): Applied {
  if (!options.json) printFindings(diagnostics as Diagnostic[], file);
  if (hasErrors(diagnostics as Diagnostic[])) process.exitCode = EXIT.flowWrong;
  return { flow: null, version: null, deploy: null, diagnostics: diagnostics as DiagnosticDto[] };
}

async function find(client: Client, id: string, name: string): Promise<{ flow: FlowDto; created: boolean }> {
  try {
    return { flow: await client.call('getFlow', { params: { flow: id } }), created: false };
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 404) throw error;
    return { flow: await client.call('createFlow', { body: { id, name } }), created: true };
  }
}

/** Saves the draft if it differs; somebody else's change in between is not overwritten. */
async function save(
  client: Client,
  id: string,
  document: unknown,
  tests: DraftDto['tests'] | null,
  say: (text: string) => void,
): Promise<void> {
  const params = { flow: id };
  const { answer: draft, etag } = await client.callFull('getDraft', { params });
  const body = { document, tests: tests ?? draft.tests };
  const { isDeepStrictEqual } = await import('node:util');
  if (isDeepStrictEqual(body, { document: draft.document, tests: draft.tests })) return;
  if (etag === null) throw new UsageError('the gateway gave no revision of the draft: is a proxy in between?');
  const saved = await client.call('saveDraft', { params, ifMatch: etag, body });
  say(`saved the draft of ${id}, revision ${saved.revision}`);
}

/** A version of the draft, or the latest one when that is the same. */
async function cut(
  client: Client,
  id: string,
  before: FlowDto,
  message: string,
  say: (text: string) => void,
): Promise<VersionDto> {
  const params = { flow: id };
  const now = await client.call('getFlow', { params });
  if (now.latest_version !== null && !now.draft_differs) {
    say(`${id}: version ${now.latest_version} is the same`);
    return client.call('getVersion', { params: { flow: id, version: now.latest_version } });
  }
  const version = await client.call('createVersion', { params, body: { message } });
  const same = version.number === before.latest_version;
  say(same ? `${id}: version ${version.number} is the same` : `${id}: made version ${version.number}`);
  return version;
}

async function deploy(
  client: Client,
  id: string,
  version: VersionDto,
  say: (text: string) => void,
): Promise<DeployDto | null> {
  const flow = await client.call('getFlow', { params: { flow: id } });
  if (flow.deployed_version === version.number && flow.state === 'running') {
    say(`${id}: version ${version.number} runs already`);
    return null;
  }
  return client.call('deployFlow', { params: { flow: id }, body: { version: version.number } });
}
