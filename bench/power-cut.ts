/**
 * `npm run power-cut`: cuts the power of a gateway's disk while flows are changed, deployed and fed, starts a gateway on what
 * was on the disk, and looks whether everything that was answered before is there. Linux, as root, with btrfs-progs.
 * `--cuts 20`, `--json`, FUZZ_SEED.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../test/support/random.ts';
import { ServedProcess } from '../test/support/served-process.ts';
import { Disk } from './power-cut/disk.ts';
import { type Cut, Ledger } from './power-cut/ledger.ts';
import { load } from './power-cut/load.ts';
import { findings } from './power-cut/look.ts';

const json = process.argv.includes('--json');
const count = Number(process.argv[process.argv.indexOf('--cuts') + 1] || 20) || 20;
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const say = (text: string): void => void (json ? process.stderr : process.stdout).write(`${text}\n`);
const BETWEEN_MS = 3_000;

if (process.getuid?.() !== 0) {
  say('npm run power-cut mounts file systems: run it as root, on Linux, with the package btrfs-progs');
  process.exit(2);
}
say(`${count} power cuts, seed ${seed}`);
const folder = mkdtempSync(join(tmpdir(), 'fusewire-power-cut-'));
const disk = new Disk(folder);
const found: string[] = [];
try {
  const data = join(disk.root, 'data');
  mkdirSync(data);
  const served = new ServedProcess(data);
  const client = await served.ready();
  const ledger = new Ledger();
  let isOver = false;
  const loaded = load(client, served.ingest[0]!, ledger, () => isOver);
  const { int } = seeded(seed);
  const cuts: Cut[] = [];
  while (cuts.length < count) {
    await Promise.race([sleep(int(BETWEEN_MS)), loaded]);
    const begun_at = performance.now();
    const image = disk.cut(`cut-${cuts.length}`);
    cuts.push({ image, begun_at, ended_at: performance.now() });
  }
  isOver = true;
  const sent = await loaded;
  await served.kill('SIGKILL');
  say(`${ledger.answered} changes answered, ${sent} updates sent`);
  for (const [i, cut] of cuts.entries()) {
    const wrong = await disk.plugIn(cut.image, root => findings(root, ledger, cut));
    say(`cut ${i + 1}: ${wrong.length === 0 ? 'all is there' : wrong.join('; ')}`);
    found.push(...wrong.map(one => `cut ${i + 1}: ${one}`));
  }
  if (json)
    process.stdout.write(`${JSON.stringify({ seed, cuts: cuts.length, answered: ledger.answered, sent, found })}\n`);
} finally {
  await disk.remove();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = found.length === 0 ? 0 : 1;
