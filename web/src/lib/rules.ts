/** The gateway's own rules, in the browser: what is drawn is checked by the same code that refuses a deploy. */

export type { Manifest, ManifestPort, PortType } from '../../../src/abi/index.ts';
export type { Diagnostic } from '../../../src/diagnostic/index.ts';
export {
  type Catalog,
  type CatalogEntry,
  checkFlow,
  diffFlows,
  type FlowDiff,
  type FlowDocument,
  type FlowNode,
  type FlowWire,
  parseFlow,
} from '../../../src/flow/index.ts';
