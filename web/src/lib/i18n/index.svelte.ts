import i18next, { type TOptions } from 'i18next';
import { knownWords } from '../model/known-words.ts';
import type first from './en/first.ts';
import type rest from './en/rest.ts';

export const LANGUAGES = { en: 'English', 'zh-TW': '繁體中文' } as const;
export type Language = keyof typeof LANGUAGES;
const STORED = 'fusewire.language';

type Texts = typeof first & typeof rest;
type Part = 'first' | 'rest';
const LOAD: Record<Language, Record<Part, () => Promise<{ readonly default: object }>>> = {
  en: { first: () => import('./en/first.ts'), rest: () => import('./en/rest.ts') },
  'zh-TW': { first: () => import('./zh-TW/first.ts'), rest: () => import('./zh-TW/rest.ts') },
};
/** `namespace:key`, with the ends that plurals have left out. */
type Base<K extends string> = K extends `${infer B}_one` | `${infer B}_other` ? B : K;
export type TextKey = {
  [N in keyof Texts & string]: `${N}:${Base<keyof Texts[N] & string>}`;
}[keyof Texts & string];

let current = $state<Language>('en');
/** Counts the parts that have come. */
let parts = $state(0);
/** By language and part: what is there, or on its way. */
const loading = new Map<string, Promise<void>>();

/** The language that is shown. */
export const language = {
  get current(): Language {
    return current;
  },
};

/** A text in the language that is shown; in markup it changes with the language. */
export function t(key: TextKey, options?: TOptions): string {
  // Both are read so that what shows the text is made anew: in another language, or when its part has come.
  void parts;
  return i18next.t(key, { ...options, lng: current });
}

/** A text by a key that is put together; `otherwise` where there is none. */
export function tMaybe(key: string, otherwise: string, options?: TOptions): string {
  return i18next.exists(key, { lng: current }) ? i18next.t(key, { ...options, lng: current }) : otherwise;
}

/** What a manifest says in English, in the language that is shown: that of the built-in nodes is known by its words. */
export function tManifest(text: string): string {
  const known: unknown = i18next.getResource(current, 'manifests', text, { keySeparator: false });
  return typeof known === 'string' ? known : text;
}

/** What the gateway says of what went wrong, in the language that is shown, as far as it is known by its words. */
export function tGateway(text: string): string {
  void parts;
  const table: unknown = i18next.getResourceBundle(current, 'gateway');
  if (typeof table !== 'object' || table === null) return text;
  if (gateway.table !== table)
    gateway = { table, say: knownWords({ ...reasons(), ...(table as Record<string, string>) }) };
  return gateway.say(text);
}
let gateway: { readonly table: object | null; readonly say: (text: string) => string } = {
  table: null,
  say: text => text,
};
/** Why a node failed, by its code. */
function reasons(): Record<string, string> {
  const texts = i18next.getResourceBundle(current, 'replay') as Record<string, string>;
  const all = Object.entries(texts).filter(([key]) => key.startsWith('reason_'));
  return Object.fromEntries(all.map(([key, text]) => [key.slice('reason_'.length), text]));
}

/** @param wanted what is shown at once; `allTexts` brings the rest */
export async function startLanguage(wanted: readonly Part[]): Promise<void> {
  await i18next.init({ resources: {}, fallbackLng: false, interpolation: { escapeValue: false }, returnNull: false });
  const language = preferred();
  await Promise.all(wanted.map(part => load(language, part)));
  show(language);
}

/** Texts of every screen, in the language that is shown. */
export const allTexts = (): Promise<void> => load(current, 'rest');

export async function setLanguage(next: Language): Promise<void> {
  await Promise.all([load(next, 'first'), load(next, 'rest')]);
  show(next);
}

function load(language: Language, part: Part): Promise<void> {
  const key = `${language} ${part}`;
  const before = loading.get(key);
  if (before) return before;
  const work = LOAD[language][part]().then(({ default: texts }) => {
    for (const [namespace, bundle] of Object.entries(texts)) i18next.addResourceBundle(language, namespace, bundle);
    parts += 1;
  });
  loading.set(key, work);
  // What did not come is asked for again.
  work.catch(() => loading.delete(key));
  return work;
}

function show(language: Language): void {
  current = language;
  document.documentElement.lang = language;
  localStorage.setItem(STORED, language);
}

function preferred(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored !== null && stored in LANGUAGES) return stored as Language;
  return navigator.languages.some(one => /^zh\b/i.test(one)) ? 'zh-TW' : 'en';
}
