/** Files on their way into the library: looked at first, then added. */
import { ApiError, api, ask, type Shapes } from '$lib/api/client.ts';
import type { Diagnostic } from '$lib/contract.ts';
import { tMaybe } from '$lib/i18n/index.svelte.ts';

export type Looked = Shapes['NodeUpload'];
export type Outcome =
  | { readonly kind: 'fits'; readonly upload: Looked }
  /** A module that says nothing of itself: give it a manifest. */
  | { readonly kind: 'bare' }
  | Refused;
export interface Refused {
  readonly kind: 'refused';
  readonly error: ApiError;
  readonly findings: readonly Diagnostic[];
}

/** @param manifest for a module without one. @throws ApiError: nobody answers, or one may not */
export async function look(file: File, manifest: string | null): Promise<Outcome> {
  try {
    return { kind: 'fits', upload: await send(file, manifest, true) };
  } catch (error) {
    if (!(error instanceof ApiError) || ![409, 413, 415, 422].includes(error.status)) throw error;
    const findings = error.diagnostics as readonly Diagnostic[];
    if (manifest === null && findings.some(one => one.code === 'node-manifest-missing')) return { kind: 'bare' };
    return { kind: 'refused', error, findings };
  }
}

/** What is wrong with a file of which there are no findings. */
export const sayRefused = ({ code, where, message }: ApiError): string =>
  tMaybe(`nodes:refused_${code}`, message, { where: where ?? '' });

/** @throws ApiError */
export const add = (file: File, manifest: string | null): Promise<Looked> => send(file, manifest, false);

async function send(file: File, manifest: string | null, dry: boolean): Promise<Looked> {
  const form = new FormData();
  form.set('file', file, file.name);
  if (manifest !== null) form.set('manifest', manifest);
  return ask(
    api.POST('/api/v1/nodes', {
      params: { query: { dry_run: dry ? 'true' : 'false' } },
      body: '' as never,
      bodySerializer: () => (manifest === null ? file : form),
      ...(manifest === null && { headers: { 'content-type': 'application/wasm' } }),
    }),
  );
}
