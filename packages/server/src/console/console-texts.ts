import { CONSOLE_LOCALES, type ConsoleLocale, type ConsoleName, consoleTexts } from '@keygrid/console';
import type { Texts } from '../realm/localization.ts';
import { DEFAULT_LOCALE } from '../theme/locale.ts';

const read = new Map<string, Texts>();

function textsIn(name: ConsoleName, locale: ConsoleLocale): Texts {
  const key = `${name} ${locale}`;
  const texts = read.get(key) ?? consoleTexts(name, locale);
  read.set(key, texts);
  return texts;
}

/** The language itself, what it is a variety of, and English last: `de-AT`, `de`, `en`. */
function fallbacksOf(locale: string): readonly string[] {
  const chain: string[] = [];
  for (let end = locale.length; end > 0; end = Math.max(locale.lastIndexOf('-', end - 1), locale.lastIndexOf('_', end - 1)))
    chain.push(locale.slice(0, end));
  return chain.includes(DEFAULT_LOCALE) ? chain : [...chain, DEFAULT_LOCALE];
}

/**
 * All texts of a console for readers of one language. What a language lacks is said in the next wider one, and in English where there is none;
 * in each, the realm's own texts stand above ours. @param own the realm's texts by language
 */
export function textsFor(name: ConsoleName, locale: string, own: Readonly<Record<string, Texts>> = {}): Texts {
  const merged: Record<string, string> = {};
  for (const language of fallbacksOf(locale).toReversed()) {
    const built = CONSOLE_LOCALES.find((one) => one === language);
    Object.assign(merged, built === undefined ? {} : textsIn(name, built), Object.hasOwn(own, language) ? own[language] : {});
  }
  return merged;
}
