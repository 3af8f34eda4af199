import type { Realm } from '../model/index.ts';

/** Texts by message key. */
export type Texts = Readonly<Record<string, string>>;

/** Field of the representation that holds the realm's own texts, by locale. */
export const LOCALIZATION_FIELD = 'localizationTexts';

/** The realm's own texts: locale -> message key -> text. They stand above those of the themes. */
export function localizationTexts(realm: Realm): Readonly<Record<string, Texts>> {
  const texts = realm.other[LOCALIZATION_FIELD];
  return typeof texts === 'object' && texts !== null ? (texts as Readonly<Record<string, Texts>>) : {};
}

/** The realm with other texts of its own. */
export function withLocalizationTexts(realm: Realm, texts: Readonly<Record<string, Texts>>): Realm {
  return { ...realm, other: { ...realm.other, [LOCALIZATION_FIELD]: texts } };
}
