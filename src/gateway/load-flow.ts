import { DOCUMENT_LIMITS } from '#abi';
import { type Diagnostic, hasErrors } from '#diagnostic';
import { type CheckedNode, canonicalFlow, checkFlow, type FlowDocument, parseFlow, readGraphRule } from '#flow';
import { checkNodes, type FlowInput } from '#fusion';
import { NodeLibrary, readAtMost } from '#library';
import { toInput } from './flow-input.ts';

/** A flow document that passed the checks. */
export interface LoadedFlow {
  readonly document: FlowDocument;
  readonly nodes: ReadonlyMap<string, CheckedNode>;
  readonly library: NodeLibrary;
  readonly input: FlowInput;
  readonly canonical: string;
  /** Warnings. */
  readonly diagnostics: Diagnostic[];
}
export type LoadResult = LoadedFlow | { readonly diagnostics: Diagnostic[]; readonly document?: undefined };

/** Reads and checks a flow. @param nodeFiles the user's own nodes, beside the built-ins. @throws GatewayError file-not-found */
export async function loadFlow(file: string, builtIns: string, nodeFiles: readonly string[] = []): Promise<LoadResult> {
  const parsed = await readFlow(file);
  if ('diagnostics' in parsed) return { diagnostics: parsed.diagnostics };
  const library = new NodeLibrary();
  const problems = [...library.addBuiltIns(builtIns), ...nodeFiles.flatMap(node => library.addFile(node))];
  const { diagnostics, nodes } = checkFlow(parsed.document, library);
  const all = [...problems, ...diagnostics];
  if (hasErrors(all)) return { diagnostics: all };
  const { document } = parsed;
  const input = toInput(document, nodes);
  const unfit = checkNodes(input, hash => library.byHash(hash)!.bytes);
  if (unfit.length > 0) return { diagnostics: [...all, ...unfit] };
  return {
    document,
    nodes,
    library,
    input,
    canonical: canonicalFlow(document, nodes),
    diagnostics: all,
  };
}

/** Flow documents by their file's name: `.pb` is a GraphRule, all else JSON. */
export const isProtobuf = (file: string): boolean => file.endsWith('.pb');

/** A flow document as it stands in a file. @throws GatewayError file-not-found */
export async function readFlow(file: string): Promise<ReturnType<typeof parseFlow>> {
  const bytes = readAtMost(file, DOCUMENT_LIMITS.document_bytes + 1);
  return isProtobuf(file) ? readGraphRule(bytes) : parseFlow(bytes);
}
