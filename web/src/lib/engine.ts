/** The gateway's own engine, in the browser: what was recorded is run again by the code that ran it. For workers. */

export { GatewayError } from '../../../src/diagnostic/index.ts';
export {
  type FaultRecord,
  type MemoryPiece,
  type OpenRecording,
  openRecording,
  Player,
  type StepReport,
  type TrapReason,
  unpackRecording,
} from '../../../src/engine/index.ts';
