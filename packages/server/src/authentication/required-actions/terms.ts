import { userTags } from '../../cache/invalidation-keys.ts';
import type { RequiredAction } from './required-action.ts';

/** User attribute with the epoch seconds of the agreement. */
export const TERMS_ATTRIBUTE = 'terms_and_conditions';

/** TERMS_AND_CONDITIONS: the text of the message `termsText`, to be agreed to. */
export const termsAndConditions: RequiredAction = {
  id: 'TERMS_AND_CONDITIONS',
  template: 'terms',
  heading: 'termsHeading',
  demand: undefined,

  async process(parts, { realm, user, form, clientId, ipAddress }) {
    const declined = form['cancel'] !== undefined;
    await parts.state.changes.write(async (stores, touch) => {
      const current = await stores.users.byId(realm.id, user.id);
      if (current === undefined) return;
      const { [TERMS_ATTRIBUTE]: _, ...others } = current.attributes;
      const attributes = declined ? others : { ...others, [TERMS_ATTRIBUTE]: [String(parts.clock.nowSeconds())] };
      await stores.users.update({ ...current, attributes });
      touch(...userTags(current));
    });
    if (declined) return 'declined';
    parts.events.emit({
      type: 'CUSTOM_REQUIRED_ACTION',
      realmId: realm.id,
      realmName: realm.realm,
      clientId,
      userId: user.id,
      ipAddress,
      details: { custom_required_action: 'TERMS_AND_CONDITIONS', username: user.username },
    });
    return undefined;
  },
};
