import { DOCUMENT_LIMITS, type Manifest, type PortType } from '#abi';
import { atMost, closest, type Diagnostic, type DiagnosticCode, finding, quoted } from '#diagnostic';
import type { FlowDocument, FlowNode } from './document.ts';
import { cycles, reachable } from './graph.ts';
import { PropsChecker } from './props.ts';

export interface CatalogEntry {
  readonly hash: string;
  readonly manifest: Manifest;
}
/** What node types there are. */
export interface Catalog {
  /** The node's default version, or null. */
  byType(node_type: string): CatalogEntry | null;
  byHash(hash: string): CatalogEntry | null;
  readonly types: readonly string[];
}
export interface CheckedNode extends CatalogEntry {
  readonly node: FlowNode;
}
export interface CheckResult {
  readonly diagnostics: Diagnostic[];
  /** Nodes by id, as far as they could be resolved. */
  readonly nodes: ReadonlyMap<string, CheckedNode>;
}

/** All rules on a parsed document, all findings at once. Without errors the flow can be fused. */
export function checkFlow(document: FlowDocument, catalog: Catalog): CheckResult {
  const checker = new Checker(document, catalog);
  checker.nodes();
  checker.wires();
  checker.graph();
  checker.connections();
  return { diagnostics: atMost(checker.diagnostics, DOCUMENT_LIMITS.findings), nodes: checker.resolved };
}

const SUGGESTIONS_MAX = 50;
const CYCLE_NODES_SHOWN = 12;

class Checker {
  readonly diagnostics: Diagnostic[] = [];
  readonly resolved = new Map<string, CheckedNode>();
  readonly #document: FlowDocument;
  readonly #catalog: Catalog;
  readonly #propsChecker = new PropsChecker();
  readonly #ids: ReadonlySet<string>;
  #suggestions = 0;

  constructor(document: FlowDocument, catalog: Catalog) {
    this.#document = document;
    this.#catalog = catalog;
    this.#ids = new Set(document.nodes.map(node => node.id));
  }

  #report(
    code: DiagnosticCode,
    where: string,
    message: string,
    hint: string,
    severity: 'error' | 'warning' = 'error',
  ): void {
    this.diagnostics.push(finding(code, where, message, hint, severity));
  }

  nodes(): void {
    const first = new Map<string, number>();
    this.#document.nodes.forEach((node, index) => {
      const where = `$.nodes[${index}]`;
      const earlier = first.get(node.id);
      if (earlier !== undefined) {
        this.#report(
          'duplicate-id',
          `${where}.id`,
          `the id "${node.id}" is taken by $.nodes[${earlier}]`,
          'Give each node an id of its own.',
        );
      } else first.set(node.id, index);
      const entry = this.#resolve(node, where);
      if (!entry) return;
      if (earlier === undefined) this.resolved.set(node.id, { ...entry, node });
      this.#ports(entry.manifest, where);
      this.diagnostics.push(...this.#propsChecker.findings(node, entry.manifest, index));
    });
  }

  #resolve(node: FlowNode, where: string): CatalogEntry | null {
    if (node.wasm_hash !== undefined) {
      const pinned = this.#catalog.byHash(node.wasm_hash);
      if (pinned?.manifest.node_type === node.node_type) return pinned;
      this.#report(
        'hash-not-found',
        `${where}.wasm_hash`,
        `no ${quoted(node.node_type)} with the hash ${node.wasm_hash.slice(0, 12)}… is in the library`,
        'Add that version of the node, or remove wasm_hash to take the newest.',
      );
      return null;
    }
    const entry = this.#catalog.byType(node.node_type);
    if (!entry) {
      const close = this.#closest(node.node_type, this.#catalog.types);
      this.#report(
        'unknown-node-type',
        `${where}.node_type`,
        `there is no node type ${quoted(node.node_type)}`,
        close ? `Did you mean "${close}"?` : `Known: ${this.#catalog.types.join(', ')}.`,
      );
    }
    return entry;
  }

  /** A suggestion costs a look at every candidate: after many mistakes there are no more. */
  #closest(word: string, candidates: Iterable<string>): string | null {
    this.#suggestions += 1;
    return this.#suggestions > SUGGESTIONS_MAX ? null : closest(word, candidates);
  }

  #ports(manifest: Manifest, where: string): void {
    for (const side of ['inputs', 'outputs'] as const) {
      if (manifest[side].length > DOCUMENT_LIMITS.ports) {
        this.#report(
          'too-many-ports',
          where,
          `${manifest.node_type} has ${manifest[side].length} ${side}; the most is ${DOCUMENT_LIMITS.ports}`,
          'Compose the logic from smaller nodes.',
        );
      }
    }
  }

  wires(): void {
    const seen = new Map<string, number>();
    this.#document.wires.forEach((wire, index) => {
      const where = `$.wires[${index}]`;
      const same = key(wire.source_node, wire.source_port, wire.target_node, wire.target_port);
      const earlier = seen.get(same);
      if (earlier !== undefined)
        this.#report('duplicate-wire', where, `the same wire as $.wires[${earlier}]`, 'Remove one of them.');
      else seen.set(same, index);
      const from = this.#end(wire.source_node, wire.source_port, 'outputs', `${where}.source`);
      const to = this.#end(wire.target_node, wire.target_port, 'inputs', `${where}.target`);
      if (from && to && !connects(from, to)) {
        this.#report(
          'port-type-mismatch',
          where,
          `${wire.source_node}.${wire.source_port} gives ${from}, ${wire.target_node}.${wire.target_port} takes ${to}`,
          'Put a node between them that turns one into the other.',
        );
      }
    });
  }

  #end(id: string, port: string, side: 'inputs' | 'outputs', where: string): PortType | null {
    if (!this.#ids.has(id)) {
      const close = this.#closest(id, this.#ids);
      this.#report(
        'unknown-node',
        `${where}_node`,
        `there is no node ${quoted(id)}`,
        close ? `Did you mean "${close}"?` : 'Add the node, or remove the wire.',
      );
      return null;
    }
    const ports = this.resolved.get(id)?.manifest[side];
    if (!ports) return null;
    const found = ports.find(one => one.name === port);
    if (!found) {
      const names = ports.map(one => one.name).join(', ');
      this.#report(
        'unknown-port',
        `${where}_port`,
        `${id} has no ${side === 'inputs' ? 'input' : 'output'} ${quoted(port)}`,
        names ? `It has: ${names}.` : `It has no ${side} at all.`,
      );
    }
    return found?.type ?? null;
  }

  graph(): void {
    const { nodes, wires } = this.#document;
    const place = new Map(nodes.map((node, index) => [node.id, index]));
    for (const cycle of cycles(
      nodes.map(node => node.id),
      wires,
    )) {
      this.#report(
        'cycle',
        `$.nodes[${place.get(cycle[0]!)}]`,
        `the nodes ${showCycle(cycle)} form a cycle`,
        'Remove one of these wires: records only move forward.',
      );
    }
    if (this.resolved.size !== new Set(nodes.map(node => node.id)).size) return;
    const sources = nodes
      .filter(node => this.resolved.get(node.id)?.manifest.source !== undefined)
      .map(node => node.id);
    if (sources.length === 0) {
      this.#report('no-source', '$.nodes', 'no node takes records in', 'Add a tag_input.');
      return;
    }
    const reached = reachable(sources, wires);
    nodes.forEach((node, index) => {
      if (!reached.has(node.id))
        this.#report(
          'unreachable-node',
          `$.nodes[${index}]`,
          `no record ever reaches "${node.id}"`,
          'Wire it to a node that a source reaches, or remove it.',
        );
    });
  }

  connections(): void {
    const { nodes, wires } = this.#document;
    const ends = new Set(
      wires.flatMap(one => [key('in', one.target_node, one.target_port), key('out', one.source_node, one.source_port)]),
    );
    nodes.forEach((node, index) => {
      const manifest = this.resolved.get(node.id)?.manifest;
      for (const port of manifest?.inputs ?? []) {
        if (ends.has(key('in', node.id, port.name))) continue;
        this.#report(
          'unconnected-input',
          `$.nodes[${index}]`,
          `nothing is wired to the input "${port.name}" of "${node.id}"`,
          'Wire it, if the node needs it.',
          'warning',
        );
      }
      // One output of several that goes nowhere is how one drops what a filter or a switch sorts out.
      const outputs = manifest?.outputs ?? [];
      if (outputs.length > 0 && !outputs.some(port => ends.has(key('out', node.id, port.name))))
        this.#report(
          'unconnected-output',
          `$.nodes[${index}]`,
          `nothing that leaves "${node.id}" goes anywhere`,
          'Wire an output of it, or remove it.',
          'warning',
        );
    });
  }
}

/** `any` fits everything; else the types must be the same. */
const connects = (from: PortType, to: PortType): boolean => from === to || from === 'any' || to === 'any';

/** The way around; of a long one its beginning. */
function showCycle(cycle: readonly string[]): string {
  const more = cycle.length - CYCLE_NODES_SHOWN;
  const shown = more > 1 ? [...cycle.slice(0, CYCLE_NODES_SHOWN), `${more} more`] : cycle;
  return [...shown, cycle[0]].join(' → ');
}

const key = (...parts: string[]): string => JSON.stringify(parts);
