import type { FlowDto, FlowStatusDto } from '#api';
import type { Style } from '../grid.ts';

/** Colour of a flow's state. */
export function stateStyle(state: FlowDto['state'] | FlowStatusDto['state']): Style | null {
  if (state === 'running') return 'green';
  if (state === 'down' || state === 'quarantined') return 'red';
  return state === 'stopped' ? 'dim' : 'yellow';
}

/** `3`, or `3 of 5` when there is a newer version than the deployed one. */
export function versionText({ deployed_version, latest_version }: FlowDto): string {
  if (latest_version === null) return '–';
  if (deployed_version === null) return `none of ${latest_version}`;
  return deployed_version === latest_version ? String(latest_version) : `${deployed_version} of ${latest_version}`;
}
