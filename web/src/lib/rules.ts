/** The gateway's own rules, in the browser: what is drawn is checked by the same code that refuses a deploy. */

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
export {
  type Catalog,
  type CatalogEntry,
  checkFlow,
  diffFlows,
  type FlowDiff,
  type FlowDocument,
  type FlowNode,
  type FlowWire,
  JsonSchema,
  parseFlow,
  schemaProblems,
} from '../../../src/flow/index.ts';
