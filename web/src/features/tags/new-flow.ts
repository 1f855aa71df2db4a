import { api, ask } from '$lib/api/client.ts';
import type { FlowDocument } from '$lib/contract.ts';
import { freeId } from '$lib/model/edit.ts';

const NAME_CHARS = 64;

/** A flow whose source takes in a tag, or what matches a pattern. @returns its id. @throws ApiError */
export async function createFlowFrom(pattern: string): Promise<string> {
  const empty: FlowDocument = { format: 'fusewire.flow/1', name: '', nodes: [], wires: [] };
  const levels = pattern.split('/').filter(level => level !== '+' && level !== '#');
  const name = (levels.join(' ') || pattern).slice(-NAME_CHARS);
  const id = freeId(empty, levels.at(-1) ?? 'tags');
  const document = {
    ...empty,
    name,
    nodes: [{ id, node_type: 'tag_input', props: { tags: [pattern] } }],
    layout: { nodes: { [id]: { x: 0, y: 0 } } },
  };
  return (await ask(api.POST('/api/v1/flows', { body: { name, document } }))).id;
}
