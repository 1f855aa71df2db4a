export function compile(root: string, entry: string): Promise<Uint8Array>;
export function withManifest(wasm: Uint8Array, manifest: Uint8Array | string): Buffer;
