/** What the inspector shows, loaded together and after the canvas: forms weigh as much as it does. */
export { default as FlowView } from './FlowView.svelte';
export { default as ManyView } from './ManyView.svelte';
export { default as NodeView } from './NodeView.svelte';
export { default as WireView } from './WireView.svelte';
