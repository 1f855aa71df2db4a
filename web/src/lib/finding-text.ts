/** Findings in the language that is shown; what is not known by its words is said by its code, else as the gateway says it. */
import type { Diagnostic } from './contract.ts';
import { t, tGateway, tMaybe } from './i18n/index.svelte.ts';
import { hintWordsOf, wordsOf } from './model/finding-words.ts';

export function sayFinding(finding: Diagnostic): string {
  const words = wordsOf(finding);
  if (words) return t(`problems:said_${words.key}`, { ...words.values });
  return tMaybe(`problems:code_${finding.code}`, tGateway(finding.message), { message: finding.message });
}
export function sayHint(finding: Diagnostic): string {
  const words = hintWordsOf(finding);
  return words ? t(`problems:hint_${words.key}`, { ...words.values }) : finding.hint;
}
