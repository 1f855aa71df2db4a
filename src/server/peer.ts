/** The other side of a connection. */
export interface Peer {
  readonly address: string;
  /** Ends the connection at once. */
  cut(): void;
}
