/** The library of node files and their manifests. */
export { type LibraryNode, type NodeFiles, NodeLibrary } from './library.ts';
export { readAtMost } from './read-at-most.ts';
