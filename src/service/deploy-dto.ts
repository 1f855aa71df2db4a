import { DEPLOY_STAGES, type DeployDto, type DeployStage, type NodeFateDto, type ReceiptDto } from '#api';
import type { DeployRow } from '#repository';

/** What a finished deploy says of itself, as it is stored. */
export interface DeployReport {
  readonly receipt: ReceiptDto | null;
  readonly nodes: readonly NodeFateDto[];
  readonly pause_ms: number | null;
}
export const NO_REPORT: DeployReport = { receipt: null, nodes: [], pause_ms: null };

const isStage = (name: string): name is DeployStage => (DEPLOY_STAGES as readonly string[]).includes(name);
const iso = (ms: number): string => new Date(ms).toISOString();

export function deployDto(row: DeployRow): DeployDto {
  const report = { ...NO_REPORT, ...((row.report ?? {}) as Partial<DeployReport>) };
  return {
    id: String(row.id),
    flow: row.flow,
    version: row.version,
    kind: row.kind,
    state: row.state,
    stage: row.stage !== null && isStage(row.stage) ? row.stage : null,
    stages: row.stages.flatMap(({ stage, began_at, ended_at }) =>
      isStage(stage) ? [{ stage, ms: ended_at === null ? null : ended_at - began_at }] : [],
    ),
    by: row.by,
    started_at: iso(row.started_at ?? row.created_at),
    ended_at: row.ended_at === null ? null : iso(row.ended_at),
    receipt: report.receipt,
    nodes: [...report.nodes],
    pause_ms: report.pause_ms,
    diagnostics: [...row.diagnostics],
    error: row.error,
  };
}
