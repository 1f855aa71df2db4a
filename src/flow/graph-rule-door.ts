/** Protobuf costs 9 MB of memory: it is loaded when a document needs it, never by a gateway that runs JSON. */
import type { Diagnostic } from '#diagnostic';
import type { CheckedNode } from './check.ts';
import type { FlowDocument, parseFlow } from './document.ts';

/** Reads and checks as `parseFlow` does; findings name the place in the JSON document. */
export const readGraphRule = async (bytes: Uint8Array): Promise<ReturnType<typeof parseFlow>> =>
  (await import('./graph-rule.ts')).readGraphRule(bytes);

/**
 * @param nodes fills in the ports of the nodes, as far as they are known.
 * @returns findings when nobody could read what would be written.
 */
export const writeGraphRule = async (
  document: FlowDocument,
  nodes?: ReadonlyMap<string, CheckedNode>,
): Promise<{ bytes: Uint8Array } | { diagnostics: Diagnostic[] }> =>
  (await import('./graph-rule.ts')).writeGraphRule(document, nodes);
