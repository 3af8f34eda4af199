import { describe, expect, it } from 'vitest';
import { CONSOLE_LOCALES, consoleTexts } from './built-console.ts';

const translations = CONSOLE_LOCALES.filter((locale) => locale !== 'en');
const parameters = (text = ''): readonly string[] => [...new Set(text.match(/\{\{[^}]*\}\}|\$\{[^}]*\}/g))].sort();

describe.each(['admin', 'account'] as const)('the %s console', (name) => {
  const english = consoleTexts(name, 'en');

  it.each(translations)('says everything in %s that it says in English, with the same parameters', (locale) => {
    const translated = consoleTexts(name, locale);
    expect(Object.keys(translated)).toEqual(Object.keys(english));
    expect(Object.keys(english).filter((key) => `${parameters(english[key])}` !== `${parameters(translated[key])}`)).toEqual([]);
    expect(Object.keys(english).filter((key) => (english[key] === '') !== (translated[key] === ''))).toEqual([]);
  });

  it.each(translations)('has sentences of its own in %s', (locale) => {
    const translated = consoleTexts(name, locale);
    // Names, and words that both languages share, are the same; sentences are not.
    expect(Object.keys(english).filter((key) => /[a-z] [a-z]+ /.test(english[key] ?? '') && english[key] === translated[key])).toEqual([]);
  });
});
