import { Pause, Play, Square, StepForward } from '@lucide/svelte';

/** What is done to a flow, the same picture everywhere. */
export const ACT_ICONS = { start: Play, stop: Square, pause: Pause, resume: StepForward } as const;
