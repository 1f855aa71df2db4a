import { accessRoutes } from './access.ts';
import { deployRoutes } from './deploys.ts';
import { flowRoutes } from './flow-routes.ts';
import { liveRoutes } from './live-routes.ts';
import { nodeRoutes } from './nodes.ts';

/** Every route of the API: the server mounts exactly these, the client calls exactly these. */
export const routes = { ...flowRoutes, ...deployRoutes, ...nodeRoutes, ...liveRoutes, ...accessRoutes } as const;
export type Routes = typeof routes;
export type RouteName = keyof Routes;
