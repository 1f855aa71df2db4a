import { createHash } from 'node:crypto';
import { MANIFEST_SECTION, type Manifest, NODE_LIMITS } from '#abi';
import { type Diagnostic, finding } from '#diagnostic';
import { readJson, schemaProblems } from '#flow';
import { customSection, MalformedWasm, parseModule, withCustomSection } from '#wasm';
import { parseManifest } from './manifest.ts';

/** What a node's file says of itself, and its sha256; or what is wrong with it. @param where the file's name, for people */
export function readNode(
  bytes: Uint8Array,
  where: string,
): { manifest: Manifest; hash: string } | { problem: Diagnostic } {
  const read = readManifest(bytes, where);
  return 'problem' in read ? read : { ...read, hash: createHash('sha256').update(bytes).digest('hex') };
}

/** A module that has no manifest, with one. @param manifest JSON */
export function withManifest(
  bytes: Uint8Array,
  manifest: string,
  where: string,
): { bytes: Uint8Array } | { problem: Diagnostic } {
  const read = readNode(bytes, where);
  if (!('problem' in read)) {
    const message = 'the module has a manifest of its own';
    return { problem: finding('node-manifest-invalid', where, message, 'Upload it without another one.') };
  }
  if (read.problem.code !== 'node-manifest-missing') return read;
  return { bytes: withCustomSection(bytes, MANIFEST_SECTION, new TextEncoder().encode(manifest)) };
}

/** The manifest of a node's file, or what is wrong with either. */
function readManifest(bytes: Uint8Array, file: string): { manifest: Manifest } | { problem: Diagnostic } {
  if (bytes.length > NODE_LIMITS.module_bytes) {
    const message = `the file has more than ${NODE_LIMITS.module_bytes} bytes, which is the limit`;
    return { problem: finding('node-limit', file, message, 'Strip debug information, or split the node.') };
  }
  let section: Uint8Array | null;
  try {
    section = customSection(parseModule(bytes), MANIFEST_SECTION);
  } catch (error) {
    if (!(error instanceof MalformedWasm)) throw error;
    const message = `not a wasm module: ${error.message}`;
    return { problem: finding('node-not-wasm', file, message, 'Give a core module that follows the node contract.') };
  }
  if (!section) {
    const message = `the module has no custom section ${MANIFEST_SECTION}`;
    return {
      problem: finding('node-manifest-missing', file, message, 'Put the manifest in at build time; see docs/nodes.md.'),
    };
  }
  const result = parseManifest(section);
  const problems = 'manifest' in result ? doubts(section, result.manifest) : result.problems;
  if ('manifest' in result && problems.length === 0) return result;
  const message = problems.slice(0, PROBLEMS_SHOWN).join('; ');
  return { problem: finding('node-manifest-invalid', file, message, 'Mend the manifest; see docs/nodes.md.') };
}

const PROBLEMS_SHOWN = 5;

/** What is wrong with a manifest of the right shape: JSON that readers take differently, a schema that nobody can use. */
function doubts(section: Uint8Array, { props }: Manifest): string[] {
  const read = readJson(section);
  if ('diagnostics' in read) return read.diagnostics.map(({ where, message }) => `${where}: ${message}`);
  const reasons = props ? schemaProblems(props) : [];
  return reasons.length > 0 ? [`the props schema cannot be used: ${reasons[0]}`, ...reasons.slice(1)] : [];
}
