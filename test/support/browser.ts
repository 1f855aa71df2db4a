/** The studio in a real browser, before a real gateway. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Locator, type Page } from 'playwright-core';
import { Plant, type PlantOptions, ROOT } from './plant.ts';
import { needs } from './tools.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export const CHROMIUM = needs('chromium || command -v chromium-browser || command -v google-chrome', 'chromium');
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Where the tests put pictures of the screens; those of docs/images are written with SCREENSHOTS=1. */
const PICTURES = process.env['SCREENSHOTS'] ? join(ROOT, 'docs/images') : join(ROOT, '.cache/images');
/** Longer than anything takes on a slow machine that does other work too. */
const LONGEST_MS = 60_000;

export interface StudioOptions {
  readonly theme?: 'light' | 'dark';
  readonly language?: 'en' | 'zh-TW';
  readonly width?: number;
  readonly height?: number;
}

type EndingTest = Pick<TestContext, 'after'> & Partial<Pick<TestContext, 'name' | 'passed'>>;

/** A browser with pages of the studio. What a page complains of is an error of the test. */
export class Studio {
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];
  /** What the pages' scripts and consoles complained of, but for requests that were answered with an error. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Ends with the test; of one that fails the last pictures are kept. What the pages show is started after it: it ends after it, too. */
  static async start(t: EndingTest): Promise<Studio> {
    const executablePath = PLACES.find(existsSync) ?? 'chromium';
    // Its profile is a folder of its own, which goes with it.
    const profile = mkdtempSync(join(tmpdir(), 'fusewire-chromium-'));
    const browser = await chromium.launch({ executablePath, args: FLAGS, env: { ...process.env, HOME: profile } });
    const studio = new Studio(browser);
    t.after(async () => {
      if (t.passed === false) await studio.#pictures(`failed ${t.name}`.replace(/[^a-z0-9]+/gi, '-').slice(0, 60));
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    });
    return studio;
  }

  async #pictures(name: string): Promise<void> {
    const pages = this.#contexts.flatMap(context => context.pages());
    for (const [index, page] of pages.entries()) await picture(page, `${name}-${index}`);
  }

  /** To ask the browser itself. */
  cdp(): Promise<CDPSession> {
    return this.#browser.newBrowserCDPSession();
  }

  /** A page of its own, as of another person. @param url of the gateway, with the path */
  async open(
    url: string,
    { theme = 'light', language = 'en', width = 1280, height = 800 }: StudioOptions = {},
  ): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      locale: language,
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(LONGEST_MS);
    page.on('pageerror', error => this.complaints.push(`${error.name}: ${error.message}`));
    page.on('console', message => {
      const isAnswer = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isAnswer) this.complaints.push(message.text());
    });
    await page.goto(url);
    return page;
  }
}

/** A browser and a gateway, which both end with the test. */
export async function plantWithStudio(
  t: EndingTest,
  root: string,
  options: PlantOptions = {},
): Promise<{ plant: Plant; studio: Studio }> {
  const studio = await Studio.start(t);
  const plant = await Plant.start(root, { ...options, studio: true });
  t.after(() => plant.stop());
  return { plant, studio };
}

/** A picture of what is to be seen. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({
    path: join(PICTURES, `${name.replace(/[^A-Za-z0-9-]+/g, '-')}.png`),
    animations: 'disabled',
  });
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}
/** What axe-core finds wrong on the page. */
export async function violations(page: Page): Promise<string[]> {
  // By the protocol: the policy of the page lets nothing else in.
  await page.evaluate(`${AXE}; null`);
  const found = await page.evaluate<Violation[]>('axe.run().then(result => result.violations)');
  return found.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 3).map(one => `${id}: ${help}: ${one.html.slice(0, 200)} ${one.failureSummary.slice(0, 200)}`),
  );
}

/** Files of the disk are dragged from outside of the browser over something, as by a file manager. @returns what lets go of them there */
export async function dragFiles(page: Page, files: readonly string[], onto: Locator): Promise<() => Promise<void>> {
  const box = (await onto.boundingBox())!;
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  const send = (type: 'dragEnter' | 'dragOver' | 'drop'): Promise<unknown> =>
    devtools.send('Input.dispatchDragEvent', { type, ...at, data });
  await send('dragEnter');
  await send('dragOver');
  return async () => {
    await send('drop');
    await devtools.detach();
  };
}
/** The same, and they are let go of at once. */
export async function dropFiles(page: Page, files: readonly string[], onto: Locator): Promise<void> {
  await (await dragFiles(page, files, onto))();
}
