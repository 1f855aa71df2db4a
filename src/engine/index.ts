/**
 * One flow's module, loaded and run where it is: rings, checkpoints, faults, traces, recordings and their replay. The same
 * code in the gateway's workers, the command line and the browser.
 */

export { type Capture, copyInput, putInput } from './capture.ts';
export {
  boardOf,
  checkpointBytes,
  checkpointLong,
  checkpointWord,
  fits,
  MemoryExceeded,
  type NodeImage,
  readLayout,
  restoreCheckpoint,
  restoreNode,
  writeCheckpoint,
} from './checkpoint.ts';
export { type Engine, type FlowArtifact, type FlowCode, type NodeState, nodeState } from './engine.ts';
export { describeFault, type FaultRecord, faultOf, type TrapReason } from './fault.ts';
export { fusedEngine, savedState, stateOutside } from './fused-engine.ts';
export { type FlowInspection, inspectFlow } from './inspect.ts';
export { type OpenRecording, openRecording } from './open-recording.ts';
export { type Payload, payloadOf } from './payload.ts';
export { MEMORY_ROW_BYTES, type MemoryPiece, PLAYER_LIMITS, Player } from './player.ts';
export {
  isRecording,
  packRecording,
  RECORDING_LIMITS,
  RECORDING_START_BYTES,
  type Recording,
  unpackRecording,
} from './recording-file.ts';
export { Replay, type ReplayStep, replayCapture, sameFault } from './replay.ts';
export { EgressReader, type EgressRecord, IngressWriter, wakeWorker } from './rings.ts';
export { describeStep, type StepReport } from './step-report.ts';
export { readTold, type Told } from './told.ts';
export {
  type LastValue,
  portName,
  type Trace,
  TraceCollector,
  type TracedHop,
  type TraceHop,
  tracedRecord,
} from './traces.ts';
