/** Findings in the language that is shown; what is not known by its words stays as the gateway says it. */

import type { Diagnostic } from './contract.ts';
import { t } from './i18n/index.svelte.ts';
import { hintWordsOf, wordsOf } from './model/finding-words.ts';

export function sayFinding(finding: Diagnostic): string {
  const words = wordsOf(finding);
  return words ? t(`problems:said_${words.key}`, { ...words.values }) : finding.message;
}
export function sayHint(finding: Diagnostic): string {
  const words = hintWordsOf(finding);
  return words ? t(`problems:hint_${words.key}`, { ...words.values }) : finding.hint;
}
