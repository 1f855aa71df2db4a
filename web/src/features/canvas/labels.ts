/** How those who do not see the canvas are told what is on it. */
import type { SvelteFlowProps } from '@xyflow/svelte';
import { t, tManifest } from '$lib/i18n/index.svelte.ts';
import { wireKey } from '$lib/model/edit.ts';
import { summary } from '$lib/model/summary.ts';
import { catalog } from '$lib/state/catalog.svelte.ts';
import { liveIndex } from '$lib/state/live-index.svelte.ts';
import type { Mark } from '../editor/editor.svelte.ts';
import type { Board } from './board.svelte.ts';
import type { Labels } from './graph.ts';

export function labels(board: Board): Labels {
  const { findings } = board;
  return {
    kinds: {
      node: t('canvas:kind_node'),
      groups: t('canvas:kind_group'),
      comments: t('canvas:kind_comment'),
      wire: t('canvas:kind_wire'),
    },
    node: node => {
      const found = findings.get(`node:${node.id}`)?.length ?? 0;
      const title = tManifest(catalog.of(node)?.manifest.title ?? node.node_type);
      const mark = markText(board.editor.overlay?.nodes.get(node.id));
      const state = liveIndex.failing === node.id ? t('flows:state_quarantined') : '';
      return joined([node.id, title, summary(node), mark, state, found > 0 ? t('canvas:found', { count: found }) : '']);
    },
    frame: (kind, { text }) => text || t(kind === 'groups' ? 'canvas:kind_group' : 'canvas:kind_comment'),
    wire: wire => {
      const { source_node, source_port, target_node, target_port } = wire;
      const ends = { from: `${source_node}.${source_port}`, to: `${target_node}.${target_port}` };
      return joined([t('canvas:wireLabel', ends), markText(board.editor.overlay?.wires.get(wireKey(wire)))]);
    },
  };
}

const joined = (texts: readonly string[]): string => texts.filter(text => text !== '').join(', ');
/** What others see as a colour, and what is written beside it. */
const markText = (mark: Mark | undefined): string =>
  mark === undefined ? '' : joined([t(`canvas:mark_${mark.tone}`), mark.text ?? '']);

/** xyflow's own texts, in the language that is shown. */
export const ariaTexts = (): SvelteFlowProps['ariaLabelConfig'] => ({
  'node.a11yDescription.default': t('canvas:keys'),
  'node.a11yDescription.keyboardDisabled': t('canvas:keys'),
  'edge.a11yDescription.default': t('canvas:keys'),
  'minimap.ariaLabel': t('canvas:do_minimap'),
});
