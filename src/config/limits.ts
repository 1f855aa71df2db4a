/** Limits of reading a configuration. */
export const CONFIG_LIMITS = {
  file_bytes: 64 * 1024,
  /** Collections within collections; the schema needs three. */
  nesting: 8,
  findings: 100,
  /** Of one variable or flag. */
  text_bytes: 16 * 1024,
  list_items: 64,
} as const;
