import { userTags } from '../cache/invalidation-keys.ts';
import type { User } from '../model/index.ts';
import { LOCALE_ATTRIBUTE } from '../realm/user-profile/profile.ts';
import type { BrowserRequest } from './browser-request.ts';

/** Keeps the language that a person has chosen on a page, for the mails, the consoles and the next login. */
export async function rememberLocale({ context, realm }: BrowserRequest, user: User, locale: string): Promise<void> {
  if (user.attributes[LOCALE_ATTRIBUTE]?.[0] === locale) return;
  await context.state.changes.write(async (stores, touch) => {
    const current = await stores.users.byId(realm.id, user.id);
    if (current === undefined) return;
    await stores.users.update({ ...current, attributes: { ...current.attributes, [LOCALE_ATTRIBUTE]: [locale] } });
    touch(...userTags(user));
  });
}
