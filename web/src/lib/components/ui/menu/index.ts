import { DropdownMenu } from 'bits-ui';

export { default as Content } from './Content.svelte';
export { default as Item } from './Item.svelte';
export { default as Separator } from './Separator.svelte';
export const { Root, Trigger, Group } = DropdownMenu;
