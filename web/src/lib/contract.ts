/** What a flow, a node and a message are, and their limits: the gateway's own words, in the browser. Light; the checks are in rules.ts. */

export {
  DOCUMENT_LIMITS,
  FLOW_LIMITS,
  type FlowLimit,
  isPattern,
  type Manifest,
  type ManifestPort,
  PORT_TYPES,
  type PortType,
  RECORD_LIMITS,
  type RecordLimit,
  readMessage,
  type TagUpdate,
} from '../../../src/abi/index.ts';
export { closest, type Diagnostic, showPath } from '../../../src/diagnostic/index.ts';
export type {
  Catalog,
  CatalogEntry,
  FlowDiff,
  FlowDocument,
  FlowNode,
  FlowWire,
} from '../../../src/flow/index.ts';
