import { createRouter } from 'sv-router';
import { allTexts } from './i18n/index.svelte.ts';

/** Of a page that says more than the first screens do. */
const withTexts =
  <Page>(load: () => Promise<Page>): (() => Promise<Page>) =>
  async () => {
    const [page] = await Promise.all([load(), allTexts()]);
    return page;
  };

/** Every page of the studio, loaded when it is opened. */
export const { p, navigate, isActive, route } = createRouter({
  '/': () => import('../features/flows/Flows.svelte'),
  '/flows/:flow': () => import('../features/editor/EditorPage.svelte'),
  '/nodes': withTexts(() => import('../features/nodes/NodesPage.svelte')),
  '/tags': withTexts(() => import('../features/tags/TagsPage.svelte')),
  '/logs': withTexts(() => import('../features/logs/LogsPage.svelte')),
  '/settings': withTexts(() => import('../features/settings/SettingsPage.svelte')),
  '*notfound': () => import('../features/shell/NotFound.svelte'),
});
