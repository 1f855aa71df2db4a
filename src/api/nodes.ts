import { z } from 'zod';
import { API_LIMITS } from './limits.ts';
import { route } from './route.ts';
import { anything, count, diagnostic, flowId, pageOf, paging, sha256, text, time } from './shapes.ts';

export const nodeRef = z.object({ flow: flowId, version: z.int(), deployed: z.boolean() });
export const libraryNode = z
  .object({
    hash: sha256,
    node_type: z.string(),
    version: z.string().describe('Semantic version.'),
    title: z.string(),
    description: z.string(),
    category: z.string(),
    origin: z.enum(['built-in', 'upload']),
    bytes: count,
    deprecated: z.boolean(),
    deprecation_note: z.string(),
    default: z.boolean().describe('What a flow gets that does not pin a hash.'),
    added_by: z.string(),
    added_at: time,
    manifest: anything.optional().describe('With `manifests=true`. See docs/nodes.md.'),
  })
  .meta({ id: 'LibraryNode' });
export const libraryNodeFull = libraryNode
  .extend({
    manifest: anything.describe('See docs/nodes.md.'),
    pinned_by: z.array(nodeRef).describe('Versions of flows that hold it.'),
  })
  .meta({ id: 'LibraryNodeFull' });
export const nodeUpload = z
  .object({
    node: libraryNodeFull,
    added: z.boolean().describe('false: the library had it already, or it was looked at only.'),
    imports: z.array(z.string()).describe('What the file asks for, as `module.name`.'),
    warnings: z.array(diagnostic),
  })
  .meta({ id: 'NodeUpload' });

const params = z.object({ hash: sha256 });
const group = 'Library';

export const nodeRoutes = {
  listNodes: route({
    method: 'get',
    path: '/api/v1/nodes',
    group,
    permission: 'read',
    summary: 'List the node files of the library',
    query: z.object({
      ...paging,
      type: z.string().max(64).optional(),
      deprecated: z.enum(['true', 'false']).optional(),
      manifests: z.enum(['true', 'false']).default('false').describe('Also the manifest of each.'),
    }),
    answer: pageOf(libraryNode),
  }),
  uploadNode: route({
    method: 'post',
    path: '/api/v1/nodes',
    group,
    permission: 'edit',
    summary: 'Upload a node',
    description:
      'The body is the .wasm file. A module without a manifest gets the one in the multipart field `manifest` (fields `file`, `manifest`).',
    query: z.object({
      dry_run: z.enum(['true', 'false']).default('false').describe('Look at the file only: nothing is added.'),
    }),
    body: {
      bytes: ['application/wasm', 'multipart/form-data'],
      description: 'A core module or component of the node contract.',
    },
    body_bytes: API_LIMITS.node_bytes,
    answer: nodeUpload,
    status: 201,
    problems: [409, 413, 415, 422],
  }),
  getNode: route({
    method: 'get',
    path: '/api/v1/nodes/{hash}',
    group,
    permission: 'read',
    summary: 'One node file: manifest, and who pins it',
    params,
    answer: libraryNodeFull,
    problems: [404],
  }),
  downloadNode: route({
    method: 'get',
    path: '/api/v1/nodes/{hash}/wasm',
    group,
    permission: 'read',
    summary: 'Download a node file',
    params,
    answer: { bytes: 'application/wasm', description: 'The file as it was uploaded.' },
    problems: [404],
  }),
  deprecateNode: route({
    method: 'patch',
    path: '/api/v1/nodes/{hash}',
    group,
    permission: 'edit',
    summary: 'Deprecate a node, or take that back',
    params,
    body: z.strictObject({ deprecated: z.boolean(), note: text.default('') }),
    answer: libraryNodeFull,
    problems: [404],
  }),
  removeNode: route({
    method: 'delete',
    path: '/api/v1/nodes/{hash}',
    group,
    permission: 'edit',
    summary: 'Delete a node',
    description: 'Refused while a version of a flow pins it; the problem names them.',
    params,
    answer: null,
    problems: [404, 409],
  }),
} as const;
export type LibraryNodeDto = z.infer<typeof libraryNode>;
export type LibraryNodeFullDto = z.infer<typeof libraryNodeFull>;
