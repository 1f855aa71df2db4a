/** Flow documents: reading, rules, canonical form. Browser-safe. */
export { canonicalFlow } from './canonical.ts';
export { type Catalog, type CatalogEntry, type CheckedNode, type CheckResult, checkFlow } from './check.ts';
export { diffFlows, type FlowDiff, isEmptyDiff, type NodeChange, type ValueChange } from './diff.ts';
export { type FlowDocument, type FlowNode, type FlowWire, parseFlow } from './document.ts';
export { readGraphRule, writeGraphRule } from './graph-rule-door.ts';
export { readJson } from './json.ts';
export { JsonSchema, schemaProblems } from './json-schema.ts';
