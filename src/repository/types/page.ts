/** A page of a list: what comes behind the cursor `after`. */
export interface Page {
  /** 1 … `REPOSITORY_LIMITS.page_rows_max`; default `page_rows`. */
  readonly limit?: number | undefined;
  /** `next` of the page before. @throws GatewayError cursor-invalid */
  readonly after?: string | undefined;
}
export interface Listing<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; null: this is the last. */
  readonly next: string | null;
}
