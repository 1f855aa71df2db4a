/** What a deploy that failed has to say, as findings and as places on the canvas. */
import type { Diagnostic, FlowDocument } from '../contract.ts';
import { wireKey } from './edit.ts';

export interface FailedJob {
  readonly diagnostics: readonly {
    code: string;
    severity: 'error' | 'warning';
    message: string;
    where: string;
    hint: string;
  }[];
  readonly error: { readonly code: string; readonly message: string } | null;
}
export interface JobFindings {
  readonly findings: readonly Diagnostic[];
  /** Ids. */
  readonly nodes: readonly string[];
  /** By wireKey. */
  readonly wires: readonly string[];
}

/** @param document what was deployed */
export function jobFindings({ diagnostics, error }: FailedJob, document: FlowDocument): JobFindings {
  const indexOf = new Map(document.nodes.map((node, index) => [node.id, index]));
  const told =
    diagnostics.length > 0 || error === null
      ? diagnostics
      : [{ ...error, severity: 'error' as const, where: '$', hint: '' }];
  const nodes = new Set<string>();
  const wires = new Set<string>();
  const findings = told.map(one => {
    const named = placeOf(one.where) ?? nodeIn(one, indexOf);
    const where = named === null ? one.where : typeof named === 'string' ? `$.nodes[${indexOf.get(named)}]` : one.where;
    if (typeof named === 'string') nodes.add(named);
    else if (named !== null) {
      const node = document.nodes[named.nodes ?? -1];
      const wire = document.wires[named.wires ?? -1];
      if (node) nodes.add(node.id);
      if (wire) wires.add(wireKey(wire));
    }
    return { ...one, where } as Diagnostic;
  });
  return { findings, nodes: [...nodes], wires: [...wires] };
}

/** `$.nodes[2].props.op` */
function placeOf(where: string): { readonly nodes?: number; readonly wires?: number } | null {
  const [, list, index] = /^\$\.(nodes|wires)\[(\d+)\]/.exec(where) ?? [];
  return list === undefined ? null : { [list]: Number(index) };
}

/** A node that the text names, `node "range" …` or `A node refused its configuration. range: …`, or the place of a golden test: `alarms: range.case1[0].value`. */
function nodeIn(
  { where, message }: { where: string; message: string },
  known: ReadonlyMap<string, number>,
): string | null {
  const names = [
    /^[^$].*?: ([\w-]+)/.exec(where)?.[1],
    /\bnode "?([\w-]+)"?/.exec(message)?.[1],
    /\. ([\w-]+)(?::|$)/.exec(message)?.[1],
  ];
  return names.find((name): name is string => name !== undefined && known.has(name)) ?? null;
}
