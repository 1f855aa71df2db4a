import { z } from 'zod';
import { type Manifest, NODE_LIMITS, PORT_TYPES } from '#abi';

const port = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  type: z.enum(PORT_TYPES),
  description: z.string().optional(),
});
const ports = z
  .array(port)
  .max(NODE_LIMITS.manifest_ports)
  .refine(list => new Set(list.map(one => one.name)).size === list.length, 'two ports have the same name');

/** Semver 2.0.0, with numbers that a double can hold. */
const VERSION =
  /^(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,14})(-(0|[1-9]\d{0,14}|\d*[A-Za-z-][\dA-Za-z-]*)(\.(0|[1-9]\d{0,14}|\d*[A-Za-z-][\dA-Za-z-]*))*)?(\+[\dA-Za-z-]+(\.[\dA-Za-z-]+)*)?$/;
const VERSION_CHARS_MAX = 100;

/** Stands here, not beside the type: who runs flows does not check manifests, and zod is 7 MB in each of its threads. */
export const manifestSchema = z
  .strictObject({
    node_type: z.string().regex(/^[a-z][a-z0-9_]*$/),
    version: z.string().max(VERSION_CHARS_MAX).regex(VERSION),
    title: z.string(),
    description: z.string(),
    category: z.string(),
    icon: z.string().optional(),
    inputs: ports,
    outputs: ports,
    props: z.record(z.string(), z.unknown()).optional(),
    source: z.string().optional(),
    sink: z.string().optional(),
  })
  .refine(manifest => manifest.source === undefined || manifest.inputs.length === 0, 'a source has no inputs')
  .refine(manifest => manifest.sink === undefined || manifest.outputs.length === 0, 'a sink has no outputs');

/** @returns the manifest, or what is wrong with it. */
export function parseManifest(bytes: Uint8Array): { manifest: Manifest } | { problems: string[] } {
  if (bytes.length > NODE_LIMITS.manifest_bytes) {
    return { problems: [`the manifest has ${bytes.length} bytes; the limit is ${NODE_LIMITS.manifest_bytes}`] };
  }
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return { problems: [`the manifest is not JSON: ${(error as Error).message}`] };
  }
  const result = manifestSchema.safeParse(data);
  if (result.success) return { manifest: result.data };
  return { problems: result.error.issues.map(issue => `${issue.path.join('.') || 'manifest'}: ${issue.message}`) };
}
