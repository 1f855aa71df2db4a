import type { DeployDto, DeployStage, NodeFateDto } from '#api';
import { type Diagnostic, GatewayError } from '#diagnostic';
import { planOf } from '#fusion';
import type { DeployKind, DesiredState, FlowRow, VersionRow } from '#repository';
import { statePlan } from '#runtime';
import type { Artifacts, MadeArtifact } from './artifacts.ts';
import { NO_REPORT } from './deploy-dto.ts';
import type { DeployJobs, JobResult } from './deploy-jobs.ts';
import type { FlowHost, Planned } from './flow-host.ts';
import type { FlowStore } from './flow-store.ts';

type Enter = (stage: DeployStage) => void;
type Begun = { readonly begun: DeployDto; readonly ended: Promise<DeployDto> };

export interface DeploymentParts {
  readonly flows: FlowStore;
  readonly artifacts: Artifacts;
  readonly jobs: DeployJobs;
  /** Makes it when there is none yet. */
  readonly host: (flow: string) => FlowHost;
  /** Golden tests of a version: what failed. */
  readonly test: (version: VersionRow) => Promise<readonly Diagnostic[]>;
}

/** Phases of fusion, as stages of a deploy. */
const STAGE_OF: Readonly<Record<string, DeployStage>> = {
  resolve: 'collect',
  plan: 'collect',
  adapt: 'adapt',
  merge: 'merge',
  emit: 'optimise',
};

/** Everything that changes what runs. Each is a job; a flow's jobs come one after the other. */
export class Deployments {
  readonly #parts: DeploymentParts;

  constructor(parts: DeploymentParts) {
    this.#parts = parts;
  }

  /** A version, or what the draft is now. @throws FlowRefused, GatewayError not-found: there is no job then */
  deploy(
    id: string,
    options: { version?: number | undefined; message: string; by: string; probation_ms?: number | undefined },
  ): Begun {
    const { flows } = this.#parts;
    const { version } =
      options.version === undefined ? flows.cut(id, options) : { version: flows.version(id, options.version) };
    return this.#deploy('deploy', flows.get(id), version, options);
  }

  /** @throws GatewayError not-found when there is no version to go back to */
  rollback(id: string, { version, by }: { version?: number | undefined; by: string }): Begun {
    const { flows } = this.#parts;
    const flow = flows.get(id);
    const target = version ?? this.#before(flow);
    return this.#deploy('rollback', flow, flows.version(id, target), { by });
  }

  /** The version that ran before the one that runs, else the one with the number before. */
  #before({ id, deployed_version }: FlowRow): number {
    const earlier = this.#parts.jobs.lastOther(id, deployed_version) ?? (deployed_version ?? 1) - 1;
    if (earlier < 1) throw new GatewayError('not-found', id, 'there is no version before');
    return earlier;
  }

  start(id: string, by: string): Begun {
    const { flows, artifacts, host } = this.#parts;
    const { deployed_version: version } = flows.get(id);
    if (version === null) throw new GatewayError('not-deployed', id, 'deploy a version first');
    return this.#job(id, version, 'start', by, async enter => {
      // Jobs before this one may have changed it.
      const { deployed_version, settings } = flows.get(id);
      const number = deployed_version ?? version;
      const { gateway } = host(id);
      if (gateway) {
        await gateway.release();
        return { version: number, desired: 'running', report: NO_REPORT };
      }
      enter('check');
      const made = await artifacts.make(flows.version(id, number), phase => enter(STAGE_OF[phase] ?? 'collect'));
      if ('diagnostics' in made) return made;
      enter('load');
      await host(id).start({ version: number, made, settings });
      return { version: number, desired: 'running', report: { ...NO_REPORT, receipt: made.receipt } };
    });
  }

  stop(id: string, by: string): Begun {
    return this.#simple(id, 'stop', by, 'stopped', async host => host.stop());
  }
  pause(id: string, by: string): Begun {
    return this.#simple(id, 'pause', by, 'paused', async host => host.running().pause());
  }
  resume(id: string, by: string): Begun {
    return this.#simple(id, 'resume', by, 'running', async host => host.running().release());
  }

  /** What a deploy would do to the state of each node. */
  plan(
    id: string,
    number?: number,
  ): { readonly nodes: readonly NodeFateDto[]; readonly diagnostics: readonly Diagnostic[] } {
    const { flows, artifacts } = this.#parts;
    const { document } = flows.content(id, number ?? 'draft');
    const flow = artifacts.check(document);
    if (flow.document === undefined) return { nodes: [], diagnostics: flow.diagnostics };
    const planned = planOf(flow.input, hash => flow.library.bytes(hash));
    if ('diagnostics' in planned) return { nodes: [], diagnostics: planned.diagnostics };
    const before = this.deployed(id);
    const fates = before
      ? statePlan(before.artifact.plan, planned.plan)
      : planned.plan.nodes.map(node => ({ node: node.id, fate: 'new' as const, reason: 'nothing ran before' }));
    return { nodes: fates.map(({ node, fate, reason }) => ({ node, fate, reason })), diagnostics: flow.diagnostics };
  }

  /** The fused module that runs, or of a flow that is stopped the one whose state is kept; null: none, or the cache has lost it. */
  deployed(id: string): MadeArtifact | null {
    const { flows, artifacts, host } = this.#parts;
    const { gateway, made } = host(id);
    const { deployed_version } = flows.get(id);
    if (gateway || deployed_version === null) return gateway && made;
    return artifacts.cached(flows.version(id, deployed_version));
  }

  #deploy(
    kind: 'deploy' | 'rollback',
    flow: FlowRow,
    version: VersionRow,
    { by, probation_ms }: { by: string; probation_ms?: number | undefined },
  ): Begun {
    return this.#job(flow.id, version.number, kind, by, async enter => {
      enter('check');
      const settings = this.#parts.flows.get(flow.id).settings;
      const failures = settings.test_before_deploy ? await this.#parts.test(version) : [];
      if (failures.length > 0) return { diagnostics: failures };
      const made = await this.#parts.artifacts.make(version, phase => enter(STAGE_OF[phase] ?? 'collect'));
      if ('diagnostics' in made) return made;
      const planned = {
        version: version.number,
        made,
        settings: { ...settings, probation_ms: probation_ms ?? settings.probation_ms },
      };
      return this.#takeOver(this.#parts.host(flow.id), planned, enter);
    });
  }

  async #takeOver(host: FlowHost, planned: Planned, enter: Enter): Promise<JobResult> {
    const { version, made } = planned;
    const done = (nodes: readonly NodeFateDto[], pause_ms: number | null): JobResult => ({
      version,
      // Who paused it wants to say when it goes on.
      desired: host.state === 'paused' ? 'paused' : 'running',
      report: { receipt: made.receipt, nodes, pause_ms },
    });
    enter('load');
    if (!host.gateway) {
      await host.start(planned);
      return done([], null);
    }
    const report = await host.swap(planned, () => enter('take-over'));
    return done(
      report.nodes.map(({ node, fate, reason }) => ({ node, fate, reason })),
      report.pause_us / 1_000,
    );
  }

  #simple(
    id: string,
    kind: DeployKind,
    by: string,
    desired: DesiredState,
    work: (host: FlowHost) => Promise<void>,
  ): Begun {
    const { flows, host } = this.#parts;
    return this.#job(id, flows.get(id).deployed_version, kind, by, async () => {
      await work(host(id));
      // Jobs before this one may have deployed another version.
      return { version: flows.get(id).deployed_version, desired, report: NO_REPORT };
    });
  }

  #job(
    flow: string,
    version: number | null,
    kind: DeployKind,
    by: string,
    work: (enter: Enter) => Promise<JobResult>,
  ): Begun {
    let last: DeployStage | null = null;
    return this.#parts.jobs.run({ flow, version, kind, by }, enter =>
      work(stage => {
        if (stage !== last) enter(stage);
        last = stage;
      }),
    );
  }
}
