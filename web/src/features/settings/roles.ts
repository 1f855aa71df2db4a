import type { Shapes } from '$lib/api/client.ts';

/** From the least on: each may what those before may. */
export const ROLES = ['viewer', 'editor', 'operator', 'admin'] as const satisfies readonly Shapes['Role'][];

/** Roles that somebody may give to a token. */
export const upTo = (role: Shapes['Role']): readonly Shapes['Role'][] => ROLES.slice(0, ROLES.indexOf(role) + 1);
