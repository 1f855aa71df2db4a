/** From the least to the most; each may what those before it may. */
export const ROLES = ['viewer', 'editor', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What routes ask for, and the least role that has it. */
export const PERMISSIONS = {
  /** See flows, nodes, live data, logs, dead letters. */
  read: 'viewer',
  /** Change drafts, cut versions, upload nodes, try drafts. */
  edit: 'editor',
  /** Put versions in service and roll them back. */
  deploy: 'operator',
  /** Start, stop, pause flows; retry and drop dead letters. */
  operate: 'operator',
  /** Users, tokens of others, secrets, the audit log, backups. */
  admin: 'admin',
} as const satisfies Record<string, Role>;
export type Permission = keyof typeof PERMISSIONS;

export const atLeast = (role: Role, least: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least);
export const lesser = (a: Role, b: Role): Role => (atLeast(a, b) ? b : a);
