import { type Diagnostic, type FlowDocument, showPath } from '../contract.ts';
import { wordsOf } from './finding-words.ts';

/** Findings by the place that they concern: what is missing concerns its own place, not what it is missing from. */
export function problemsByPath(findings: readonly Diagnostic[]): Map<string, Diagnostic[]> {
  return Map.groupBy(findings, finding => {
    const words = wordsOf(finding);
    return words?.key === 'required' ? finding.where + showPath([words.values['name']!]).slice(1) : finding.where;
  });
}

/** What a finding is about, as one reads it: `limit.cases[0].op`, `a.out → b.in`; empty: the flow as a whole. */
export function ownerOf(finding: Diagnostic, document: FlowDocument): string {
  const found = /^\$\.(nodes|wires)\[(\d+)\](?:\.props)?(.*)$/.exec(finding.where);
  if (!found) return finding.where.slice(2);
  const index = Number(found[2]);
  if (found[1] === 'nodes') return `${document.nodes[index]?.id ?? index}${found[3]}`;
  const wire = document.wires[index];
  return wire ? `${wire.source_node}.${wire.source_port} → ${wire.target_node}.${wire.target_port}` : String(index);
}
