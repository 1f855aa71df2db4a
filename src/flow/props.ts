import { DOCUMENT_LIMITS, type Manifest } from '#abi';
import { type Diagnostic, finding, type Path, showPath } from '#diagnostic';
import type { FlowNode } from './document.ts';
import { JsonSchema, type Problem, type Steps, StepsSpent, schemaProblems } from './json-schema.ts';

/** Props of one document against the JSON Schemas of manifests. A schema comes from outside too, and one may be unusable. */
export class PropsChecker {
  /** null: there is nothing to hold props against, or it was said why not. */
  readonly #schemas = new Map<Manifest, JsonSchema | null>();
  readonly #steps: Steps = { left: DOCUMENT_LIMITS.props_steps };
  #found = 0;

  /** What is wrong with the props of `$.nodes[index]`. */
  findings({ props = {} }: FlowNode, manifest: Manifest, index: number): Diagnostic[] {
    const path = ['nodes', index, 'props'];
    const { node_type } = manifest;
    const bytes = new TextEncoder().encode(JSON.stringify(props)).length;
    if (bytes > DOCUMENT_LIMITS.props_bytes) {
      const message = `the props have ${bytes} bytes; the limit is ${DOCUMENT_LIMITS.props_bytes}`;
      return [finding('limit-exceeded', showPath(path), message, 'Make the props smaller.')];
    }
    if (!this.#schemas.has(manifest)) {
      const reasons = manifest.props ? schemaProblems(manifest.props) : [];
      if (reasons.length > 0) return this.#unusable(manifest, index, reasons);
      this.#schemas.set(manifest, manifest.props ? new JsonSchema(manifest.props) : null);
    }
    const schema = this.#schemas.get(manifest);
    if (!schema || this.#steps.left < 0) return [];
    try {
      const problems = this.#problems(schema, props);
      this.#found += problems.length;
      const hint = `See the props in the manifest of ${node_type}.`;
      return problems.map(one =>
        finding('invalid-props', showPath([...path, ...one.path]), one.message, one.hint ?? hint),
      );
    } catch (error) {
      if (error instanceof StepsSpent) return [tooLong(path, node_type)];
      if (!(error instanceof RangeError)) throw error;
      return this.#unusable(manifest, index, ['it refers to itself without end']);
    }
  }

  /** Once there are more problems than will be shown, one a node is enough to refuse it. */
  #problems(schema: JsonSchema, props: unknown): Problem[] {
    const first = schema.problems(props, this.#steps, false);
    if (first.length === 0 || this.#found > DOCUMENT_LIMITS.findings) return first;
    try {
      return schema.problems(props, this.#steps, true);
    } catch (error) {
      // The library hands errors over as arguments; so many of them do not fit on the stack.
      if (error instanceof RangeError) return first;
      throw error;
    }
  }

  #unusable(manifest: Manifest, index: number, reasons: readonly string[]): Diagnostic[] {
    this.#schemas.set(manifest, null);
    const message = `the props schema of ${manifest.node_type} cannot be used: ${reasons.join('; ')}`;
    const hint = 'Mend the JSON Schema in the manifest of the node.';
    return [finding('node-manifest-invalid', showPath(['nodes', index]), message, hint)];
  }
}

const tooLong = (path: Path, node_type: string): Diagnostic =>
  finding(
    'limit-exceeded',
    showPath(path),
    `checking the props takes more than ${DOCUMENT_LIMITS.props_steps} steps; those from here on are not checked`,
    `Make the props smaller, or the schema in the manifest of ${node_type} simpler.`,
  );
