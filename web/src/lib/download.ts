import { api, ask } from './api/client.ts';

/** Gives a file to the person before the screen. */
export function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A version of a flow, its draft by default, with its tests and nodes. @throws ApiError */
export async function downloadBundle(flow: string, version: number | 'draft' = 'draft'): Promise<void> {
  const params = { path: { flow }, query: { version } };
  const content = await ask(api.GET('/api/v1/flows/{flow}/export', { params, parseAs: 'blob' }));
  const part = version === 'draft' ? '' : `-v${version}`;
  download(`${flow}${part}.fusewire-bundle.json`, content as unknown as Blob);
}
