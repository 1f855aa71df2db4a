/** Who gets updates. */
export interface Subscription {
  readonly id: string;
  /** MQTT patterns, sound ones; null: every tag, `$…` too. */
  readonly patterns: readonly string[] | null;
  /** It is given its part of a span before those who are not first. */
  readonly first?: boolean;
  /**
   * Takes whole frames with what the patterns match, in the order of the driver; valid during the call.
   * @param driver its slot, see RING_LIMITS.drivers. @param framing see FRAMING.
   * @returns false: no room; `Ingest.resume` says when to try again. Until then the driver is not read from.
   */
  readonly take: (driver: number, framing: number, span: Uint8Array) => boolean;
}

/** A subscription while it lasts; its patterns may change. */
export interface Subscriber {
  subscription: Subscription;
  /** Subscriptions before this one: what was offered to others before does not come to it. */
  readonly since: number;
  gone: boolean;
}
