import { createRouter } from 'sv-router';
import Flows from '../features/flows/Flows.svelte';

/** Every page of the studio. All but the first are loaded when they are opened. */
export const { p, navigate, isActive, route } = createRouter({
  '/': Flows,
  '/flows/:flow': () => import('../features/editor/EditorPage.svelte'),
  '/nodes': () => import('../features/nodes/NodesPage.svelte'),
  '/tags': () => import('../features/tags/TagsPage.svelte'),
  '/logs': () => import('../features/logs/LogsPage.svelte'),
  '/settings': () => import('../features/settings/SettingsPage.svelte'),
  '*notfound': () => import('../features/shell/NotFound.svelte'),
});
