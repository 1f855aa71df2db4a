/** How those who do not see the canvas are told what is on it. */
import type { SvelteFlowProps } from '@xyflow/svelte';
import { t } from '$lib/i18n/index.svelte.ts';
import { summary } from '$lib/model/summary.ts';
import { catalog } from '$lib/state/catalog.svelte.ts';
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
      const title = catalog.of(node)?.manifest.title ?? node.node_type;
      return [node.id, title, summary(node), found > 0 ? t('canvas:found', { count: found }) : '']
        .filter(text => text !== '')
        .join(', ');
    },
    frame: (kind, { text }) => text || t(kind === 'groups' ? 'canvas:kind_group' : 'canvas:kind_comment'),
    wire: ({ source_node, source_port, target_node, target_port }) =>
      t('canvas:wireLabel', { from: `${source_node}.${source_port}`, to: `${target_node}.${target_port}` }),
  };
}

/** xyflow's own texts, in the language that is shown. */
export const ariaTexts = (): SvelteFlowProps['ariaLabelConfig'] => ({
  'node.a11yDescription.default': t('canvas:keys'),
  'node.a11yDescription.keyboardDisabled': t('canvas:keys'),
  'edge.a11yDescription.default': t('canvas:keys'),
  'minimap.ariaLabel': t('canvas:do_minimap'),
});
