import i18next, { type TOptions } from 'i18next';
import english from './en/index.ts';

export const LANGUAGES = { en: 'English', 'zh-TW': '繁體中文' } as const;
export type Language = keyof typeof LANGUAGES;
const STORED = 'fusewire.language';

type Texts = typeof english;
/** `namespace:key`, with the ends that plurals have left out. */
type Base<K extends string> = K extends `${infer B}_one` | `${infer B}_other` ? B : K;
export type TextKey = {
  [N in keyof Texts & string]: `${N}:${Base<keyof Texts[N] & string>}`;
}[keyof Texts & string];

let current = $state<Language>('en');

/** The language that is shown. */
export const language = {
  get current(): Language {
    return current;
  },
};

/** A text in the language that is shown; in markup it changes with the language. */
export function t(key: TextKey, options?: TOptions): string {
  // Read so that what shows the text is made anew.
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

export async function startLanguage(): Promise<void> {
  await i18next.init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: english },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await setLanguage(preferred());
}

export async function setLanguage(next: Language): Promise<void> {
  if (next === 'zh-TW' && !i18next.hasResourceBundle('zh-TW', 'shell')) {
    const { default: texts } = await import('./zh-TW/index.ts');
    for (const [namespace, bundle] of Object.entries(texts)) i18next.addResourceBundle('zh-TW', namespace, bundle);
  }
  current = next;
  document.documentElement.lang = next;
  localStorage.setItem(STORED, next);
}

function preferred(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored !== null && stored in LANGUAGES) return stored as Language;
  return navigator.languages.some(one => /^zh\b/i.test(one)) ? 'zh-TW' : 'en';
}
