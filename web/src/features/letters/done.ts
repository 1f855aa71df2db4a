import { toast } from 'svelte-sonner';
import { t } from '$lib/i18n/index.svelte.ts';
import type { Done } from './letters.svelte.ts';

/** Says how many letters something was done with, and what it could not be done with. */
export function tell(what: 'retry' | 'drop', { done, problems }: Done): void {
  if (done > 0) toast.success(t(`letters:done_${what}`, { number: done }));
  if (problems.length > 0) toast.error(t('letters:undone', { number: problems.length, first: problems[0] }));
}
