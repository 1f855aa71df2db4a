/** What can be done to a flow, by the state it is in. */
export interface FlowDoing {
  readonly state: 'starting' | 'running' | 'paused' | 'quarantined' | 'down' | 'stopped';
  readonly desired: 'running' | 'paused' | 'stopped';
  readonly deployed_version: number | null;
}

export function actsOf({
  state,
  desired,
  deployed_version,
}: FlowDoing): readonly ('start' | 'stop' | 'pause' | 'resume')[] {
  if (deployed_version === null) return [];
  switch (state) {
    case 'running':
      return ['pause', 'stop'];
    case 'paused':
    case 'quarantined':
      return ['resume', 'stop'];
    case 'starting':
      return ['stop'];
    // One that went down is tried again until somebody stops it.
    case 'down':
      return desired === 'stopped' ? ['start'] : ['start', 'stop'];
    case 'stopped':
      return ['start'];
  }
}
