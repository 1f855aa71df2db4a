import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { GatewayError } from '#diagnostic';
import { inspectFlow } from '#engine';
import { bytes, fail, print, printJson, table } from '../output.ts';

export function addInspect(command: Command): void {
  command
    .argument('<flow.wasm>', 'a fused flow')
    .option('--json', 'print everything as JSON')
    .option('--document', 'print the flow document only')
    .action((file: string, options: { json?: boolean; document?: boolean }) => {
      try {
        const inspection = inspectFlow(read(file));
        if (!inspection) throw new GatewayError('artifact-invalid', file);
        if (options.document) printJson(inspection.document);
        else if (options.json) printJson(inspection);
        else print(describe(inspection));
      } catch (error) {
        fail(error);
      }
    });
}

function read(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new GatewayError('file-not-found', file, (error as Error).message, error);
  }
}

function describe(inspection: NonNullable<ReturnType<typeof inspectFlow>>): string {
  const { plan } = inspection;
  const end = (node: number, port: string | undefined): string => `${plan.nodes[node]!.id}.${port}`;
  return [
    `flow       ${plan.name} (fuser ${inspection.fuser}, clock ${plan.clock}, tick ${plan.tick_ms} ms)`,
    `size       ${bytes(inspection.bytes)}, ${inspection.functions} functions`,
    `imports    ${inspection.imports.length === 0 ? 'none' : inspection.imports.map(one => `${one.module}.${one.name}`).join(', ')}`,
    '',
    table(
      ['node', 'type', 'hash', 'inputs', 'outputs'],
      plan.nodes.map(node => [
        node.id,
        node.node_type,
        node.hash.slice(0, 12),
        node.inputs.join(' ') || (node.source ?? ''),
        node.outputs.join(' ') || (node.sink ?? ''),
      ]),
    ),
    '',
    'wires',
    ...plan.wires.map(
      wire =>
        `  ${end(wire.source_node, plan.nodes[wire.source_node]!.outputs[wire.source_port])} → ${end(wire.target_node, plan.nodes[wire.target_node]!.inputs[wire.target_port])}`,
    ),
    '',
    table(
      ['memory', 'pages', 'most', 'kind'],
      inspection.memories.map(one => [
        one.name,
        String(one.pages_min),
        String(one.pages_max ?? 'no limit'),
        one.shared ? 'shared with the host' : 'the node’s own',
      ]),
    ),
  ].join('\n');
}
