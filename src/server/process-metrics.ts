import { readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Family } from './family.ts';

const STARTED_S = Date.now() / 1_000 - process.uptime();

/** Names as Prometheus clients of other languages have them. No timer runs for these. */
export function processFamilies(): Family[] {
  const { user, system } = process.cpuUsage();
  const memory = process.memoryUsage();
  const { active, idle } = performance.eventLoopUtilization();
  const descriptors = openDescriptors();
  const one = (type: 'counter' | 'gauge', name: string, help: string, value: number): Family => ({
    type,
    name,
    help,
    samples: [{ labels: {}, value }],
  });
  return [
    one('counter', 'process_cpu_seconds_total', 'Time of the CPU, all threads.', (user + system) / 1e6),
    one('gauge', 'process_resident_memory_bytes', 'Memory, all threads.', memory.rss),
    one('gauge', 'process_start_time_seconds', 'Start, since the epoch.', STARTED_S),
    ...(descriptors === null ? [] : [one('gauge', 'process_open_fds', 'Open file descriptors.', descriptors)]),
    one('gauge', 'nodejs_heap_used_bytes', 'Heap of the main thread.', memory.heapUsed),
    one('gauge', 'nodejs_external_memory_bytes', 'Memory outside of the heap.', memory.external),
    one('counter', 'nodejs_eventloop_active_seconds_total', 'Time in which the main thread worked.', active / 1_000),
    one('counter', 'nodejs_eventloop_idle_seconds_total', 'Time in which the main thread waited.', idle / 1_000),
  ];
}

function openDescriptors(): number | null {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch (error) {
    // Other systems have no such folder.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
