import { toast } from 'svelte-sonner';
import { copyText } from '$lib/copy.ts';
import { t } from '$lib/i18n/index.svelte.ts';
import { navigate } from '$lib/router.ts';
import { createFlowFrom } from './new-flow.ts';

/** Makes a flow from a tag or pattern, and opens it. */
export async function makeFlow(pattern: string): Promise<void> {
  try {
    const flow = await createFlowFrom(pattern);
    await navigate('/flows/:flow', { params: { flow } });
  } catch (error) {
    toast.error((error as Error).message);
  }
}

export async function copyTag(tag: string): Promise<void> {
  try {
    await copyText(tag);
    toast.success(t('tags:copied', { tag }));
  } catch {
    toast.error(t('shell:failed'));
  }
}
