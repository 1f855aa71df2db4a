/** The one place that wires things together: documents, nodes, fusion, a running flow, its drivers and sinks. */
export { type ArtifactOptions, artifactKey, type FusedFlow, fusedFlow, readArtifact, unfusedFlow } from './artifact.ts';
export { toInput } from './flow-input.ts';
export { GatewayFlow, type GatewayFlowEvents, type GatewayFlowOptions, type SinkStatus } from './gateway-flow.ts';
export { isProtobuf, type LoadedFlow, type LoadResult, loadFlow, readFlow } from './load-flow.ts';
