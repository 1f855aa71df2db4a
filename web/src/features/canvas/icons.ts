/** Pictures of commands. */
import type { LucideProps } from '@lucide/svelte';
import AlignCenterHorizontal from '@lucide/svelte/icons/align-center-horizontal';
import AlignCenterVertical from '@lucide/svelte/icons/align-center-vertical';
import AlignEndHorizontal from '@lucide/svelte/icons/align-end-horizontal';
import AlignEndVertical from '@lucide/svelte/icons/align-end-vertical';
import AlignHorizontalDistributeCenter from '@lucide/svelte/icons/align-horizontal-distribute-center';
import AlignStartHorizontal from '@lucide/svelte/icons/align-start-horizontal';
import AlignStartVertical from '@lucide/svelte/icons/align-start-vertical';
import AlignVerticalDistributeCenter from '@lucide/svelte/icons/align-vertical-distribute-center';
import Cable from '@lucide/svelte/icons/cable';
import ClipboardPaste from '@lucide/svelte/icons/clipboard-paste';
import Copy from '@lucide/svelte/icons/copy';
import CopyPlus from '@lucide/svelte/icons/copy-plus';
import Group from '@lucide/svelte/icons/group';
import Hand from '@lucide/svelte/icons/hand';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Magnet from '@lucide/svelte/icons/magnet';
import MapIcon from '@lucide/svelte/icons/map';
import Maximize from '@lucide/svelte/icons/maximize';
import Minus from '@lucide/svelte/icons/minus';
import Pencil from '@lucide/svelte/icons/pencil';
import Plus from '@lucide/svelte/icons/plus';
import Redo2 from '@lucide/svelte/icons/redo-2';
import Scissors from '@lucide/svelte/icons/scissors';
import StickyNote from '@lucide/svelte/icons/sticky-note';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Undo2 from '@lucide/svelte/icons/undo-2';
import Workflow from '@lucide/svelte/icons/workflow';
import type { Component } from 'svelte';
import type { CommandName } from './commands.ts';

export const ICONS: Readonly<Partial<Record<CommandName, Component<LucideProps>>>> = {
  insert: Plus,
  wire: Cable,
  copy: Copy,
  cut: Scissors,
  paste: ClipboardPaste,
  duplicate: CopyPlus,
  remove: Trash2,
  undo: Undo2,
  redo: Redo2,
  group: Group,
  comment: StickyNote,
  rename: Pencil,
  arrange: Workflow,
  snap: Magnet,
  minimap: MapIcon,
  hand: Hand,
  fit: Maximize,
  zoomIn: Plus,
  zoomOut: Minus,
  help: Keyboard,
  align_left: AlignStartVertical,
  align_centre: AlignCenterVertical,
  align_right: AlignEndVertical,
  align_top: AlignStartHorizontal,
  align_middle: AlignCenterHorizontal,
  align_bottom: AlignEndHorizontal,
  distribute_horizontal: AlignHorizontalDistributeCenter,
  distribute_vertical: AlignVerticalDistributeCenter,
};
