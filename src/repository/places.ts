/** What lies where in a data directory; docs/data.md shows it. */
export const PLACES = {
  database: 'fusewire.db',
  blobs: 'blobs',
  /** Folders with the state of flows, by id; the gateway's. */
  flows: 'flows',
  key: 'secrets.key',
  lock: 'lock',
  /** While files are restored; left by a restore that was broken off. */
  restoring: 'restoring',
} as const;
