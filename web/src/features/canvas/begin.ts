import { t } from '$lib/i18n/index.svelte.ts';
import { filledFrom, type TemplateName } from '$lib/templates/index.ts';
import type { Board } from './board.svelte.ts';

/** An empty canvas begins with a template: one step. */
export function begin(board: Board, template: TemplateName): void {
  board.change(t('canvas:stepTemplate'), document => filledFrom(template, document));
  board.say(t('canvas:begun', { name: t(`flows:template_${template}`) }));
  board.focus();
  requestAnimationFrame(() => board.fit());
}
