/** SP's wire protocol (nanomsg RFC sp-tcp-mapping-01, and nng's IPC mapping): the handshake and the numbers of the roles. */
export const SP_PUSH = 0x50;
export const SP_PULL = 0x51;
export const HANDSHAKE_BYTES = 8;
export const HANDSHAKE_TIMEOUT_MS = 10_000;

/** `00 53 50 00`, protocol as u16 big-endian, `00 00`. */
export const handshake = (protocol: number): Buffer =>
  Buffer.from([0, 0x53, 0x50, 0, protocol >> 8, protocol & 0xff, 0, 0]);

/** @returns the peer's protocol number, or null when this is no SP handshake. */
export function peerProtocol(bytes: Uint8Array): number | null {
  const sound =
    bytes[0] === 0 && bytes[1] === 0x53 && bytes[2] === 0x50 && bytes[3] === 0 && bytes[6] === 0 && bytes[7] === 0;
  return sound ? (bytes[4]! << 8) | bytes[5]! : null;
}
