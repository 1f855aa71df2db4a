import { createRouter } from 'sv-router';

/** Every page of the studio, loaded when it is opened. The router knows such a page by `() => import(…)`, spelled out. */
export const { p, navigate, isActive, route } = createRouter({
  '/': () => import('../features/flows/Flows.svelte'),
  '/flows/:flow': () => import('../features/editor/EditorPage.svelte'),
  '/nodes': () => import('../features/nodes/NodesPage.svelte'),
  '/tags': () => import('../features/tags/TagsPage.svelte'),
  '/logs': () => import('../features/logs/LogsPage.svelte'),
  '/settings': () => import('../features/settings/SettingsPage.svelte'),
  '*notfound': () => import('../features/shell/NotFound.svelte'),
});
