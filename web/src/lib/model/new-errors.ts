import type { Catalog, CatalogEntry, Diagnostic, FlowDocument } from '../contract.ts';
import { checkFlow } from '../rules.ts';
import { updatePins } from './pins.ts';

/** Errors that a draft has with this version of a node and did not have before. */
export function newErrors(document: FlowDocument, catalog: Catalog, entry: CatalogEntry): Diagnostic[] {
  const { node_type } = entry.manifest;
  const errorsOf = (one: FlowDocument, from: Catalog): Diagnostic[] =>
    checkFlow(one, from).diagnostics.filter(finding => finding.severity === 'error');
  const after: Catalog = {
    byType: type => (type === node_type ? entry : catalog.byType(type)),
    byHash: hash => (hash === entry.hash ? entry : catalog.byHash(hash)),
    types: catalog.types.includes(node_type) ? catalog.types : [...catalog.types, node_type],
  };
  const before = new Set(errorsOf(document, catalog).map(one => `${one.where} ${one.message}`));
  return errorsOf(updatePins(document, node_type, entry.hash), after).filter(
    one => !before.has(`${one.where} ${one.message}`),
  );
}
