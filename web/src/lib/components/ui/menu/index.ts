import { DropdownMenu } from 'bits-ui';

export { default as Content } from './Content.svelte';
export { default as Item } from './Item.svelte';
export const { Root, Trigger, Separator, Group } = DropdownMenu;
