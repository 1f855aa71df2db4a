import { DOCUMENT_LIMITS } from '#abi';
import { type Diagnostic, hasErrors } from '#diagnostic';
import { type CheckedNode, canonicalFlow, checkFlow, type FlowDocument, parseFlow, readGraphRule } from '#flow';
import { checkNodes, type FlowInput } from '#fusion';
import { type NodeFiles, NodeLibrary, readAtMost } from '#library';
import { toInput } from './flow-input.ts';

/** A flow document that passed the checks. */
export interface LoadedFlow {
  readonly document: FlowDocument;
  readonly nodes: ReadonlyMap<string, CheckedNode>;
  readonly library: NodeFiles;
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
  const checked = checkDocument(parsed.document, library);
  const diagnostics = [...problems, ...checked.diagnostics];
  return hasErrors(problems) ? { diagnostics } : { ...checked, diagnostics };
}

/** Checks a document that has the right shape, and the nodes that it names. */
export function checkDocument(document: FlowDocument, library: NodeFiles): LoadResult {
  const { diagnostics, nodes } = checkFlow(document, library);
  if (hasErrors(diagnostics)) return { diagnostics };
  const input = toInput(document, nodes);
  const unfit = checkNodes(input, hash => library.bytes(hash));
  if (unfit.length > 0) return { diagnostics: [...diagnostics, ...unfit] };
  return { document, nodes, library, input, canonical: canonicalFlow(document, nodes), diagnostics };
}

/** Flow documents by their file's name: `.pb` is a GraphRule, all else JSON. */
export const isProtobuf = (file: string): boolean => file.endsWith('.pb');

/** A flow document as it stands in a file. @throws GatewayError file-not-found */
export async function readFlow(file: string): Promise<ReturnType<typeof parseFlow>> {
  const bytes = readAtMost(file, DOCUMENT_LIMITS.document_bytes + 1);
  return isProtobuf(file) ? readGraphRule(bytes) : parseFlow(bytes);
}
