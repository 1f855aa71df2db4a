/** Files that hold a flow, by what is in them. */
import { type ApiError, api, ask, type Shapes } from '../../lib/api/client.ts';
import type { FlowDocument } from '../../lib/contract.ts';

export type FileKind = 'bundle' | 'document' | 'wasm';
type Finding = Shapes['Diagnostic'];
/** What came of one file. */
export type ImportResult =
  | {
      readonly file: string;
      readonly flow: Shapes['Flow'];
      readonly added: number;
      readonly findings: readonly Finding[];
    }
  | { readonly file: string; readonly problem: string; readonly findings: readonly Finding[] };

const WASM = [0, 0x61, 0x73, 0x6d];

/** @returns null: none of these */
export function kindOf(bytes: Uint8Array): FileKind | null {
  if (WASM.every((byte, index) => bytes[index] === byte)) return 'wasm';
  try {
    const { format } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as { format?: unknown };
    return format === 'fusewire.bundle/1' ? 'bundle' : format === 'fusewire.flow/1' ? 'document' : null;
  } catch {
    return null;
  }
}

/**
 * Makes a flow of a file.
 * @param texts what is said of a file that holds no flow, of one that is damaged
 */
export async function importFile(file: File, texts: { readonly unknown: string }): Promise<ImportResult> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const kind = kindOf(bytes);
  if (kind === null) return { file: file.name, problem: texts.unknown, findings: [] };
  try {
    return kind === 'document' ? await create(file.name, bytes) : await send(file.name, kind, bytes);
  } catch (error) {
    const { message, diagnostics = [] } = error as Partial<ApiError> & Error;
    return { file: file.name, problem: message, findings: diagnostics };
  }
}

async function create(file: string, bytes: Uint8Array): Promise<ImportResult> {
  const { parseFlow } = await import('../../lib/rules.ts');
  const read = parseFlow(bytes);
  if ('diagnostics' in read) {
    const [first, ...findings] = read.diagnostics as readonly Finding[];
    return { file, problem: first ? `${first.message} ${first.where}` : '', findings };
  }
  const document: FlowDocument = read.document;
  const flow = await ask(api.POST('/api/v1/flows', { body: { name: document.name, document } }));
  const { diagnostics } = await ask(
    api.POST('/api/v1/flows/{flow}/draft/check', { params: { path: { flow: flow.id } }, body: { document } }),
  );
  return { file, flow, added: 0, findings: diagnostics };
}

async function send(file: string, kind: 'bundle' | 'wasm', bytes: Uint8Array): Promise<ImportResult> {
  const type = kind === 'wasm' ? 'application/wasm' : 'application/vnd.fusewire.bundle+json';
  const { flow, nodes_added, diagnostics } = await ask(
    api.POST('/api/v1/flows/import', {
      body: bytes as never,
      bodySerializer: body => body as never,
      headers: { 'content-type': type },
    }),
  );
  return { file, flow, added: nodes_added.length, findings: diagnostics };
}
