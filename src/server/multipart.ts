import { mediaType } from './body.ts';
import { invalid } from './problem.ts';

/** Fields of a multipart form; files as bytes. */
export interface Form {
  readonly texts: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** @returns null: the body is no form. @throws RequestInvalid */
export async function formOf(bytes: Uint8Array, contentType: string): Promise<Form | null> {
  if (mediaType(contentType) !== 'multipart/form-data') return null;
  const texts = new Map<string, string>();
  const files = new Map<string, Uint8Array>();
  for (const [name, value] of await read(bytes, contentType)) {
    if (typeof value === 'string') texts.set(name, value);
    else files.set(name, new Uint8Array(await value.arrayBuffer()));
  }
  return { texts, files };
}

async function read(bytes: Uint8Array, contentType: string): Promise<FormData> {
  try {
    const headers = { 'content-type': contentType };
    return await new Response(bytes as Uint8Array<ArrayBuffer>, { headers }).formData();
  } catch (error) {
    throw invalid('$', `not a multipart form: ${(error as Error).message}`, 'Send the fields file and manifest.');
  }
}
