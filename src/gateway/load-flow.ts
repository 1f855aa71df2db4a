import { readFileSync, statSync } from 'node:fs';
import { DOCUMENT_LIMITS } from '#abi';
import { type Diagnostic, GatewayError, hasErrors } from '#diagnostic';
import { type CheckedNode, canonicalFlow, checkFlow, type FlowDocument, parseFlow } from '#flow';
import { checkNodes, type FlowInput } from '#fusion';
import { NodeLibrary } from '#library';
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
export function loadFlow(file: string, builtIns: string, nodeFiles: readonly string[] = []): LoadResult {
  const parsed = parseFlow(readDocument(file));
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

/** A file far beyond the limit is not even read. */
function readDocument(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > DOCUMENT_LIMITS.document_bytes) return ' '.repeat(DOCUMENT_LIMITS.document_bytes + 1);
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new GatewayError('file-not-found', file, (error as Error).message, error);
  }
}
