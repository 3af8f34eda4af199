import type { FastifyInstance } from 'fastify';
import { realmTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { localizationTexts, type Texts, withLocalizationTexts } from '../realm/localization.ts';
import { type AdminCall, adminRoutes, bodyOf, parameter, write } from './admin-route.ts';
import { invalidValue, notFound } from './answers.ts';
import { queryFlag } from './query.ts';
import { textMapShape } from './representation-shapes.ts';

const MAX_LOCALES = 100;
/** Texts of one language, and the characters of one text. */
const MAX_TEXTS = 5_000;
const MAX_TEXT_CHARACTERS = 8_000;
const MAX_KEY_CHARACTERS = 255;

/** The realm's own texts, above those of the themes, by language. */
export function registerLocalization(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const ofLocale = '/localization/:locale';
  const ofKey = `${ofLocale}/:key`;

  declare('GET /localization', async ({ realm }) => Object.keys(localizationTexts(realm)).sort());
  declare(`GET ${ofLocale}`, async ({ realm, request }) => {
    const texts = localizationTexts(realm);
    const fallback = queryFlag(request, 'useRealmDefaultLocaleFallback') ? texts[realm.defaultLocale ?? ''] : undefined;
    return { ...fallback, ...texts[parameter(request, 'locale')] };
  });
  declare(`POST ${ofLocale}`, async (call) => {
    const given = bodyOf<Readonly<Record<string, string | null>>>(call.request, textMapShape);
    const added = Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== null));
    await changeTexts(call, (texts) => ({ ...texts, ...added }));
  });
  declare(`DELETE ${ofLocale}`, async (call) => {
    await changeTexts(call, (texts) => {
      if (texts === undefined) throw notFound('No localization texts for this locale found.');
      return undefined;
    });
  });
  declare(`GET ${ofKey}`, async (call) => {
    const text = localizationTexts(call.realm)[parameter(call.request, 'locale')]?.[parameter(call.request, 'key')];
    if (text === undefined) throw notFound('Localization text not found');
    call.reply.header('content-type', 'text/plain;charset=UTF-8');
    return call.reply.send(text);
  });
  declare(`PUT ${ofKey}`, async (call) => {
    const text = typeof call.request.body === 'string' ? call.request.body : '';
    await changeTexts(call, (texts) => ({ ...texts, [parameter(call.request, 'key')]: text }));
  });
  declare(`DELETE ${ofKey}`, async (call) => {
    await changeTexts(call, (texts) => {
      const key = parameter(call.request, 'key');
      if (texts?.[key] === undefined) throw notFound('Localization text not found');
      const { [key]: _, ...others } = texts;
      return others;
    });
  });
}

/** `change` gets the texts of the language, undefined where there are none, and gives the new ones; undefined takes the language away. */
async function changeTexts({ context, realm, request }: AdminCall, change: (texts: Texts | undefined) => Texts | undefined): Promise<void> {
  const locale = parameter(request, 'locale');
  await write(context, async ({ realms }, touch) => {
    const current = await realms.byId(realm.id);
    if (current === undefined) throw notFound('Realm not found.');
    const { [locale]: before, ...others } = localizationTexts(current);
    const after = change(before);
    if (after !== undefined) refuseTooMuch(locale, after, Object.keys(others).length);
    await realms.update(withLocalizationTexts(current, after === undefined ? others : { ...others, [locale]: after }));
    touch(...realmTags(current));
  });
}

function refuseTooMuch(locale: string, texts: Texts, others: number): void {
  const entries = Object.entries(texts);
  if (locale.length > MAX_KEY_CHARACTERS || others >= MAX_LOCALES)
    throw invalidValue(`A realm has texts in at most ${MAX_LOCALES} languages`);
  if (entries.length > MAX_TEXTS) throw invalidValue(`A language has at most ${MAX_TEXTS} texts`);
  for (const [key, text] of entries) {
    if (key.length > MAX_KEY_CHARACTERS || text.length > MAX_TEXT_CHARACTERS)
      throw invalidValue(`The text ${key.slice(0, MAX_KEY_CHARACTERS)} is too long`);
  }
}
