import { readTagUpdate } from '#abi';
import type { TestReportDto, TracedRecordDto, TryReportDto } from '#api';
import { type Diagnostic, finding, GatewayError, hasErrors } from '#diagnostic';
import { describeFault, payloadOf, tracedRecord } from '#engine';
import {
  encodeUpdate,
  type LoadedFlow,
  readGolden,
  runGoldenBoth,
  type TryRecord,
  type TryStep,
  tryFlow,
  type UpdateJson,
} from '#gateway';
import type { FlowTest, VersionRow } from '#repository';
import type { Artifacts } from './artifacts.ts';
import type { FlowStore } from './flow-store.ts';
import type { Tracing } from './tracing.ts';

export interface TryRequest {
  readonly document?: unknown;
  readonly version?: number | undefined;
  readonly fused: boolean;
  readonly messages?: readonly (UpdateJson | { readonly base64: string })[] | undefined;
  /** Copies what comes in now. */
  readonly from_live?: { readonly match: string; readonly count: number; readonly within_ms: number } | undefined;
  /** Time that passes after the last message. */
  readonly advance_ms?: number | undefined;
}

type Tested = Omit<TestReportDto['tests'][number], 'diagnostics'> & { diagnostics: Diagnostic[] };

/** Each is a process of its own. */
const AT_ONCE = 2;

/** Runs flows beside the gateway: on a few messages, or against their golden tests. Nothing reaches a sink. */
export class Trials {
  readonly #flows: FlowStore;
  readonly #artifacts: Artifacts;
  readonly #tracing: Tracing;
  readonly #cache: string;
  #running = 0;

  constructor(flows: FlowStore, artifacts: Artifacts, tracing: Tracing, cache: string) {
    this.#flows = flows;
    this.#artifacts = artifacts;
    this.#tracing = tracing;
    this.#cache = cache;
  }

  /** @throws GatewayError not-found, busy, pattern-invalid, fusion-failed */
  async run(id: string, request: TryRequest, signal: AbortSignal): Promise<TryReportDto> {
    const { document } = request.document === undefined ? this.#flows.content(id, request.version ?? 'draft') : request;
    this.#flows.get(id);
    const flow = this.#artifacts.check(document);
    if (flow.document === undefined) return refused(flow.diagnostics, request.fused);
    const steps = await this.#steps(request, signal);
    if ('diagnostics' in steps) return refused(steps.diagnostics, request.fused);
    const result = await this.#alone(() =>
      tryFlow(flow, steps.steps, { fused: request.fused, cache: this.#cache, signal }),
    );
    if ('diagnostics' in result) return refused(result.diagnostics, request.fused);
    const diagnostics = [...flow.diagnostics, ...(result.stopped === null ? [] : [stopped(result.stopped)])];
    return {
      ok: !hasErrors(diagnostics),
      diagnostics,
      fused: request.fused,
      records: result.records.map(triedDto),
      outputs: outputsOf(result.records, flow),
      logs: result.records.flatMap(record => record.logs.map(log => ({ ...log }))),
      dead_letters: result.records.flatMap(({ record, dead_letters }) =>
        dead_letters.map(({ node, reason }) => ({ node, reason, record })),
      ),
    };
  }

  /** The golden tests of the draft, or of a version. @throws FlowRefused, GatewayError not-found, busy, fusion-failed */
  async test(id: string, version?: number): Promise<TestReportDto> {
    const { document, tests } = this.#flows.content(id, version ?? 'draft');
    return this.#test(this.#flows.load(document, id), tests);
  }

  /** What of its golden tests a version does not pass. */
  async failures({ flow, number, document, tests }: VersionRow): Promise<readonly Diagnostic[]> {
    const report = await this.#test(this.#flows.load(document, `${flow} ${number}`), tests);
    return report.tests.flatMap(({ name, failures, diagnostics }) => [
      ...diagnostics,
      ...failures.map(failure =>
        finding('test-failed', `${name}: ${failure.where}`, failure.message, 'Mend the flow, or the test.'),
      ),
    ]);
  }

  async #test(
    flow: LoadedFlow,
    tests: readonly FlowTest[],
  ): Promise<Omit<TestReportDto, 'tests'> & { tests: Tested[] }> {
    const reports: Tested[] = [];
    for (const { name, text } of tests) {
      const read = readGolden(text);
      const report =
        'diagnostics' in read
          ? read
          : await this.#alone(() => runGoldenBoth(flow, read.golden, { cache: this.#cache }));
      if ('diagnostics' in report)
        reports.push({ name, passed: false, failures: [], diagnostics: [...report.diagnostics] });
      else
        reports.push({
          name,
          passed: report.passed,
          failures: report.failures.map(one => ({ ...one })),
          diagnostics: [],
        });
    }
    const passed = reports.filter(one => one.passed).length;
    return { passed, failed: reports.length - passed, tests: reports };
  }

  async #steps(
    { messages = [], from_live, advance_ms = 0 }: TryRequest,
    signal: AbortSignal,
  ): Promise<{ steps: TryStep[] } | { diagnostics: Diagnostic[] }> {
    const diagnostics: Diagnostic[] = [];
    const given = messages.flatMap((one, index): Uint8Array[] => {
      if ('base64' in one) return [new Uint8Array(Buffer.from(one.base64, 'base64'))];
      const encoded = encodeUpdate(one);
      if (encoded instanceof Uint8Array) return [encoded];
      diagnostics.push(
        finding('document-invalid', `$.messages[${index}]`, encoded.problem, 'See docs/testing-flows.md.'),
      );
      return [];
    });
    if (diagnostics.length > 0) return { diagnostics };
    const live = from_live ? await this.#tracing.copy(from_live, signal) : [];
    const all = [...given, ...live];
    const steps = all.map((message): TryStep => ({ kind: 'message', message }));
    if (advance_ms > 0) steps.push({ kind: 'advance', to_us: latest(all) + advance_ms * 1_000 });
    return { steps };
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) throw new GatewayError('busy', 'tries', `${AT_ONCE} are under way`);
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }
}

/** The last timestamp of messages. */
const latest = (messages: readonly Uint8Array[]): number =>
  messages.reduce((last, message) => {
    const read = readTagUpdate(message);
    return 'update' in read ? Math.max(last, Number(read.update.timestamp ?? 0n)) : last;
  }, 0);

const refused = (diagnostics: readonly Diagnostic[], fused: boolean): TryReportDto => ({
  ok: false,
  diagnostics: [...diagnostics],
  fused,
  records: [],
  outputs: {},
  logs: [],
  dead_letters: [],
});
const stopped = (why: string): Diagnostic =>
  finding('try-stopped', '$', why, 'Give fewer messages, or mend the node that takes so long.');

const triedDto = (record: TryRecord): TracedRecordDto => {
  const traced = tracedRecord({ ...record, what: record.what === 'malformed' ? 'record' : record.what });
  const error =
    record.what === 'malformed' ? 'malformed message' : record.fault ? describeFault(record.fault) : record.error;
  return { ...traced, error };
};

/** By `node.port`; of sinks what they gave to their connectors. */
function outputsOf(records: readonly TryRecord[], { input }: LoadedFlow): TryReportDto['outputs'] {
  const sinks = new Set(input.nodes.filter(node => node.sink !== null).map(node => node.id));
  const outputs: TryReportDto['outputs'] = {};
  const add = (name: string, body: Uint8Array, bytes: number): void => {
    outputs[name] ??= [];
    outputs[name].push(payloadOf(body, bytes));
  };
  for (const record of records) {
    for (const { node, port, body, bytes, refused: no } of record.hops)
      if (node !== null && !no && !sinks.has(node)) add(`${node}.${port}`, body, bytes);
    for (const { node, body, bytes } of record.outputs) add(node, body, bytes);
  }
  return outputs;
}
