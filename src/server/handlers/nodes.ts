import { importsOf, type Service } from '#service';
import type { Handlers } from '../handlers.ts';
import { formOf } from '../multipart.ts';
import { invalid } from '../problem.ts';

type NodeHandlers = Pick<
  Handlers,
  'listNodes' | 'uploadNode' | 'getNode' | 'downloadNode' | 'deprecateNode' | 'removeNode'
>;

export function nodeHandlers(service: Service): NodeHandlers {
  const { nodes, repository } = service;
  const changed = (hash: string): void => service.news.changed({ what: 'node', flow: null, id: hash });
  return {
    listNodes: async ({ query: { deprecated, manifests, ...page } }) =>
      nodes.list(
        { ...page, ...(deprecated !== undefined && { deprecated: deprecated === 'true' }) },
        manifests === 'true',
      ),
    async uploadNode({ body, contentType, identity, query }) {
      const { bytes, manifest } = await uploaded(body, contentType);
      if (query.dry_run === 'true')
        return {
          node: nodes.look(bytes, { manifest, by: identity.name }),
          added: false,
          imports: importsOf(bytes),
          warnings: [],
        };
      const { row, added } = nodes.add(bytes, { manifest, origin: 'upload', by: identity.name });
      changed(row.hash);
      return { node: nodes.full(row), added, imports: importsOf(bytes), warnings: [] };
    },
    getNode: async ({ params }) => nodes.full(nodes.get(params.hash)),
    async downloadNode({ params }) {
      const { node_type, version } = nodes.get(params.hash);
      return { bytes: repository.blobs.get(params.hash), name: `${node_type}-${version}.wasm` };
    },
    async deprecateNode({ params, body }) {
      const row = nodes.deprecate(params.hash, body.deprecated, body.note);
      changed(row.hash);
      return nodes.full(row);
    },
    async removeNode({ params }) {
      nodes.remove(params.hash);
      changed(params.hash);
    },
  };
}

/** The file, alone or as the field `file` of a form with a `manifest` beside it. @throws RequestInvalid */
async function uploaded(
  bytes: Uint8Array,
  contentType: string,
): Promise<{ bytes: Uint8Array; manifest?: string | undefined }> {
  const form = await formOf(bytes, contentType);
  if (!form) return { bytes };
  const file = form.files.get('file');
  if (!file) throw invalid('$.file', 'the form has no file', 'Send the .wasm as the field "file".');
  const manifest = form.texts.get('manifest') ?? textOf(form.files.get('manifest'));
  return { bytes: file, manifest };
}

const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('utf8');
