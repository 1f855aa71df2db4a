/** The library of node files and their manifests. */
export { type LibraryNode, type NodeFiles, NodeLibrary } from './library.ts';
export { manifestSchema } from './manifest.ts';
export { readNode, withManifest } from './node-file.ts';
export { readAtMost } from './read-at-most.ts';
