import type { DeployDto } from '#api';
import type { Client } from '#client';
import { type Diagnostic, printable } from '#diagnostic';
import { grid, paint, type Style } from '../grid.ts';
import { bytes, colored, complain, EXIT, number, print, printFindings } from '../output.ts';

const CLEAR = '\r\u001b[K';
const FATES: Readonly<Record<DeployDto['nodes'][number]['fate'], Style | null>> = {
  kept: 'green',
  migrated: 'yellow',
  new: 'cyan',
  dropped: 'red',
};

export interface FollowOptions {
  readonly json?: boolean;
  /** The document's file, for findings; else the flow. */
  readonly file?: string;
  readonly quiet?: boolean;
}

/** Shows the stages of a deploy until it ends. @returns its end */
export async function followDeploy(client: Client, job: DeployDto, options: FollowOptions): Promise<DeployDto> {
  const live = process.stderr.isTTY === true && !options.json;
  const plain = !live && !options.json;
  const detach = (): never => {
    if (live) process.stderr.write(CLEAR);
    complain(`it goes on without you; see: fusewire flow history ${job.flow} --deploys`);
    process.exit(130);
  };
  process.once('SIGINT', detach);
  let last = job;
  let told = 0;
  try {
    for await (const now of client.followDeploy(job.id)) {
      last = now;
      if (live) process.stderr.write(`${CLEAR}${now.kind} ${now.flow}: ${stagesLine(now)}`);
      const over = now.stages.filter(one => one.ms !== null);
      if (plain) for (const one of over.slice(told)) complain(`${one.stage} ${ms(one.ms)}`);
      told = over.length;
    }
  } finally {
    process.off('SIGINT', detach);
    if (live) process.stderr.write(CLEAR);
  }
  return last;
}

/** How it ended, for people, and the code to exit with. */
export function reportDeploy(job: DeployDto, options: FollowOptions): void {
  process.exitCode = exitOf(job);
  if (job.diagnostics.length > 0) printFindings(job.diagnostics as Diagnostic[], options.file ?? job.flow);
  if (job.state === 'failed') {
    const { code, message } = job.error ?? { code: 'flow-invalid', message: 'the flow has errors' };
    complain(`error[${printable(code)}]: ${printable(message)}${job.stage ? ` (in ${job.stage})` : ''}`);
    complain('  what ran before runs on');
    return;
  }
  print(endLine(job));
  const { receipt, pause_ms } = job;
  if (receipt) {
    const fused = receipt.cached ? 'from the cache' : `in ${ms(receipt.ms)}`;
    print(`  fused   ${number(receipt.instances)} nodes of ${number(receipt.modules_in)} modules, ${fused}`);
    print(`  calls   ${number(receipt.boundary_calls_removed)} boundary calls removed`);
    print(`  bytes   ${bytes(receipt.bytes_in)} in, ${bytes(receipt.bytes_out)} out`);
  }
  if (pause_ms !== null) print(`  paused  for ${ms(pause_ms)}, no record lost`);
  if (job.nodes.length === 0) return;
  print('');
  print(
    grid(
      [
        { title: 'node', of: one => one.node },
        { title: 'state', of: one => one.fate, style: one => FATES[one.fate] },
        { title: 'because', of: one => one.reason, shrinks: true },
      ],
      job.nodes,
    ),
  );
}

export function exitOf({ state, diagnostics }: DeployDto): number {
  if (state !== 'failed') return EXIT.ok;
  return diagnostics.some(one => one.severity === 'error') ? EXIT.flowWrong : EXIT.world;
}

const ENDS: Readonly<Record<DeployDto['kind'], string>> = {
  deploy: 'runs',
  rollback: 'runs again',
  start: 'runs',
  stop: 'is stopped',
  pause: 'is paused',
  resume: 'runs on',
};

function endLine({ flow, version, kind, stages }: DeployDto): string {
  const took = stages.length > 0 ? `, after ${ms(stages.reduce((sum, one) => sum + (one.ms ?? 0), 0))}` : '';
  return `${flow}: ${version === null ? 'it' : `version ${version}`} ${ENDS[kind]}${took}`;
}

function stagesLine(job: DeployDto): string {
  const color = colored(process.stderr);
  const parts = job.stages.map(one =>
    one.ms === null ? paint('bold', `${one.stage} …`, color) : `${one.stage} ${paint('dim', ms(one.ms), color)}`,
  );
  return parts.join(' · ') || job.state;
}

const ms = (value: number | null): string =>
  value === null ? '' : value < 1_000 ? `${Math.round(value * 10) / 10} ms` : `${(value / 1_000).toFixed(1)} s`;
