/** A manifest as it is filled in for a module that has none. */
import type { Manifest, PortType } from '../contract.ts';
import { schemaProblems } from '../rules.ts';
import { isRecord } from './schema.ts';

export interface PortDraft {
  name: string;
  type: PortType;
}
export interface ManifestDraft {
  node_type: string;
  version: string;
  title: string;
  description: string;
  category: string;
  icon: string;
  inputs: PortDraft[];
  outputs: PortDraft[];
  /** JSON; empty: no props. */
  props: string;
}
/** What is wrong with a part: `nodes:wrong_…`. */
export type Wrong = 'name' | 'version' | 'empty' | 'ports' | 'twice' | 'json' | 'schema';

/** What the name of a file says: `my-gate-1.2.0.wasm` is my_gate 1.2.0. */
export function draftManifest(fileName: string): ManifestDraft {
  const stem = fileName.replace(/\.wasm$/i, '');
  const version = /\d+\.\d+\.\d+/.exec(stem)?.[0] ?? '1.0.0';
  const words = stem
    .replace(version, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[_0-9]+|_+$/g, '');
  const node_type = words || 'node';
  const title = node_type.replaceAll('_', ' ');
  return {
    node_type,
    version,
    title: title.charAt(0).toUpperCase() + title.slice(1),
    description: '',
    category: 'custom',
    icon: '',
    inputs: [{ name: 'in', type: 'tag' }],
    outputs: [{ name: 'out', type: 'tag' }],
    props: '',
  };
}

type Problems = Partial<Record<keyof ManifestDraft, Wrong>>;

/** The manifest, or what is wrong with each part. The gateway has the last word. */
export function manifestOf(draft: ManifestDraft): { readonly manifest: Manifest } | { readonly problems: Problems } {
  const problems: Problems = {};
  if (!/^[a-z][a-z0-9_]*$/.test(draft.node_type)) problems.node_type = 'name';
  if (!/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)([-+].+)?$/.test(draft.version)) problems.version = 'version';
  for (const key of ['title', 'category'] as const) if (draft[key].trim() === '') problems[key] = 'empty';
  for (const side of ['inputs', 'outputs'] as const) {
    const names = draft[side].map(port => port.name);
    if (names.some(name => !/^[a-z][a-z0-9_]*$/.test(name))) problems[side] = 'ports';
    else if (new Set(names).size < names.length) problems[side] = 'twice';
  }
  const props = readProps(draft.props);
  if (typeof props === 'string') problems.props = props;
  if (Object.keys(problems).length > 0 || typeof props === 'string') return { problems };
  const { icon, props: _, ...rest } = draft;
  return { manifest: { ...rest, ...(icon.trim() !== '' && { icon: icon.trim() }), ...(props && { props }) } };
}

function readProps(text: string): Record<string, unknown> | null | 'json' | 'schema' {
  if (text.trim() === '') return null;
  try {
    const read = JSON.parse(text) as unknown;
    return isRecord(read) && schemaProblems(read).length === 0 ? read : 'schema';
  } catch {
    return 'json';
  }
}
