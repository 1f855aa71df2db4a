export { toInput } from './flow-input.ts';
