/** What a finding says, taken apart, so that it can be said in any language: `problems:said_…` and `problems:hint_…`. */
import type { Diagnostic } from '../contract.ts';

/** Findings of flows, then those of the JSON Schema checker, then those of node files, each with what stands in it. */
const SAID = [
  ['idTaken', /^the id "(?<id>.*)" is taken by /],
  ['unknownType', /^there is no node type "(?<name>.*)"$/],
  ['hashMissing', /^no "(?<name>.*)" with the hash (?<hash>\w+)… is in the library$/],
  ['manyPorts', /^(?<name>\S+) has (?<count>\d+) (?:inputs|outputs); the most is (?<most>\d+)$/],
  ['sameWire', /^the same wire as /],
  ['types', /^(?<from>.*) gives (?<gives>\w+), (?<to>.*) takes (?<takes>\w+)$/],
  ['unknownNode', /^there is no node "(?<name>.*)"$/],
  ['unknownInput', /^(?<id>.*) has no input "(?<name>.*)"$/],
  ['unknownOutput', /^(?<id>.*) has no output "(?<name>.*)"$/],
  ['cycle', /^the nodes (?<way>.*) form a cycle$/],
  ['noSource', /^no node takes records in$/],
  ['unreachable', /^no record ever reaches "(?<id>.*)"$/],
  ['openInput', /^nothing is wired to the input "(?<name>.*)" of "(?<id>.*)"$/],
  ['openOutput', /^nothing that leaves "(?<id>.*)" goes anywhere$/],
  ['required', /^Instance does not have required property "(?<name>.*)"\.$/],
  ['unknownProp', /^There is no such property\.$/],
  ['type', /^Instance type "(?<is>.*?)" is invalid\. Expected "(?<wanted>.*)"\.$/],
  ['oneOf', /^Instance does not match any of \[(?<choices>.*)\]\.$/],
  ['constant', /^Instance does not match (?<value>["\d[{tfn-].*)\.$/],
  ['atMost', /^(?<is>\S+) is greater than\s+(?<bound>[-\d.e+]+)\.$/],
  ['below', /^(?<is>\S+) is greater than or equal to\s+(?<bound>[-\d.e+]+)\.$/],
  ['above', /^(?<is>(?<bound>\S+)) is less than\s+\k<bound>\.$/],
  ['atLeast', /^(?<is>\S+) is less than\s+(?<bound>[-\d.e+]+)\.$/],
  ['multiple', /^(?<is>\S+) is not a multiple of (?<of>[-\d.e+]+)\.$/],
  ['tooShort', /^String is too short \((?<is>\d+) < (?<bound>\d+)\)\.$/],
  ['tooLong', /^String is too long \((?<is>\d+) > (?<bound>\d+)\)\.$/],
  ['pattern', /^String does not match pattern\.$/],
  ['tagPattern', /^"(?<is>.*)" is no tag pattern$/],
  ['format', /^String does not match format "(?<name>.*)"\.$/],
  ['fewItems', /^Array has too few items \((?<is>\d+) < (?<bound>\d+)\)\.$/],
  ['manyItems', /^Array has too many items \((?<is>\d+) > (?<bound>\d+)\)\.$/],
  ['noAlternative', /^Instance does not match (?:any subschemas|exactly one subschema .*|every subschema)\.$/],
  ['branch', /^Instance does not match "(?:then|else)" schema\.$/],
  ['twice', /^Duplicate items at indexes (?<one>\d+) and (?<other>\d+)\.$/],
  ['noWasm', /^not a wasm module: not a wasm file \(at byte 0\)$/],
  ['component', /^not a wasm module: a component, not a core module \(at byte 4\)$/],
  ['badWasm', /^not a wasm module: (?<why>.*)$/],
  ['unsoundCode', /^the module does not validate$/],
  ['largeFile', /^the file has more than (?<most>\d+) bytes, which is the limit$/],
  ['moduleLimit', /^the module has (?<count>\d+) (?<what>.*); the limit is (?<most>\d+)$/],
  ['feature', /^the module uses (?<name>.*), which a node may not$/],
  ['importUnknown', /^the module imports (?<kind>\w+) "(?<module>.*)" "(?<name>.*)"$/],
  ['importType', /^the import (?<name>.*) has the type (?<is>.*), not (?<wanted>.*)$/],
  ['noMemory', /^the module does not export its memory$/],
  ['noExport', /^the module does not export the function (?<name>.*)$/],
  ['exportType', /^the export (?<name>.*) has the type (?<is>.*), not (?<wanted>.*)$/],
  ['noManifest', /^the module has no custom section \S+$/],
  ['ownManifest', /^the module has a manifest of its own$/],
  ['largeManifest', /^the manifest has (?<is>\d+) bytes; the limit is (?<most>\d+)$/],
  ['manifestText', /^the manifest is not JSON: (?<why>.*)$/],
  ['manifestSchema', /^the props schema (?:of \S+ )?cannot be used: (?<why>.*)$/],
  ['manifestPorts', /^(?:inputs|outputs): two ports have the same name$/],
  ['manifestSource', /^manifest: a source has no inputs$/],
  ['manifestSink', /^manifest: a sink has no outputs$/],
] as const satisfies readonly (readonly [string, RegExp])[];
export type SaidKey = (typeof SAID)[number][0];

const HINTS = [
  ['meant', /^Did you mean "(?<name>.*)"\?$/],
  ['ownId', /^Give each node an id of its own\.$/],
  ['addVersion', /^Add that version of the node, or remove wasm_hash to take the newest\.$/],
  ['known', /^Known: (?<names>.*)\.$/],
  ['smaller', /^Compose the logic from smaller nodes\.$/],
  ['removeOne', /^Remove one of them\.$/],
  ['between', /^Put a node between them that turns one into the other\.$/],
  ['addNode', /^Add the node, or remove the wire\.$/],
  ['has', /^It has: (?<names>.*)\.$/],
  ['hasNone', /^It has no (?:inputs|outputs) at all\.$/],
  ['forward', /^Remove one of these wires: records only move forward\.$/],
  ['addSource', /^Add a tag_input\.$/],
  ['reach', /^Wire it to a node that a source reaches, or remove it\.$/],
  ['wire', /^Wire it, if the node needs it\.$/],
  ['wireOutput', /^Wire an output of it, or remove it\.$/],
  ['levels', /^\+ and # stand for whole levels, and # comes last: (?<examples>.*)\.$/],
  ['contract', /^(?:Give a core module that follows the node contract|See the node contract)\.$/],
  ['rebuild', /^(?:Its code is broken: build it again|The compiler or a later tool has written a broken module)\.$/],
  ['strip', /^Strip debug information, or split the node\.$/],
  ['smallerNode', /^Make the node smaller\.$/],
  ['switchOff', /^Switch the feature off in the compiler\.$/],
  ['mayImport', /^A node may import only emit, log and now of "(?<name>.*)"\.$/],
  ['wit', /^Build against the WIT of the contract\.$/],
  ['exportMemory', /^Export it as "(?<name>.*)"\.$/],
  ['putManifest', /^Put the manifest in at build time; see docs\/nodes\.md\.$/],
  ['mendManifest', /^(?:Mend the manifest; see docs\/nodes\.md|Mend the JSON Schema in the manifest of the node)\.$/],
  ['noSecond', /^Upload it without another one\.$/],
  ['manifest', /^See the props in the manifest of (?<name>.*)\.$/],
] as const satisfies readonly (readonly [string, RegExp])[];
export type HintKey = (typeof HINTS)[number][0];

export interface Words<K> {
  readonly key: K;
  readonly values: Readonly<Record<string, string>>;
}

/** null: it can be shown only as it stands. */
export const wordsOf = ({ message }: Diagnostic): Words<SaidKey> | null => match(SAID, message);
export const hintWordsOf = ({ hint }: Diagnostic): Words<HintKey> | null => match(HINTS, hint);

function match<K extends string>(table: readonly (readonly [K, RegExp])[], text: string): Words<K> | null {
  for (const [key, pattern] of table) {
    const found = pattern.exec(text);
    if (found) return { key, values: { ...found.groups } };
  }
  return null;
}
