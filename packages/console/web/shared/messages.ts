import i18next, { type InitOptions, type i18n } from 'i18next';
import FetchBackend from 'i18next-fetch-backend';
import { initReactI18next } from 'react-i18next';
import { humanize } from './humanize.ts';

interface MessageEntry {
  readonly key: string;
  readonly value: string;
}

/** What the loader of bundles takes: where they are, and how an answer becomes key and text. */
interface FetchBackendOptions {
  readonly loadPath: string;
  parse(data: string): Readonly<Record<string, string>>;
}

/** Event of the window for each key that has no text, so that a walk through the pages can list them. */
const TEXT_MISSING = 'keygrid:text-missing';

/** The consoles' texts, loaded from the server; a key without a text is shown in readable words. */
export async function loadMessages(loadPath: string, options: InitOptions<FetchBackendOptions>): Promise<i18n> {
  const instance = i18next.createInstance();
  // Screen readers, hyphenation and the browser's translator go by it.
  instance.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
  await instance
    .use(FetchBackend)
    .use(initReactI18next)
    .init<FetchBackendOptions>({
      fallbackLng: 'en',
      keySeparator: '.',
      nsSeparator: false,
      interpolation: { escapeValue: false },
      parseMissingKeyHandler: (key, fallback) => {
        window.dispatchEvent(new CustomEvent(TEXT_MISSING, { detail: key }));
        return fallback && fallback !== key ? fallback : humanize(key);
      },
      backend: {
        loadPath,
        parse: (data) => Object.fromEntries((JSON.parse(data) as readonly MessageEntry[]).map(({ key, value }) => [key, value])),
      },
      ...options,
    });
  return instance;
}
