import { userTags } from '../../cache/invalidation-keys.ts';
import type { User } from '../../model/index.ts';
import { askedProfile, profileFields, valuesOfUser } from '../profile/asked-profile.ts';
import { profileProblems, typedValues, withProfileOf } from '../profile/written-profile.ts';
import { requestedScopes } from '../requested-scopes.ts';
import type { ActionOutcome, ActionParts, ActionRequest, ActionView, RequiredAction } from './required-action.ts';

async function view(_parts: ActionParts, { realm, user, client, tab, form, values }: ActionView) {
  const asked = askedProfile(realm, 'update', requestedScopes(client, tab.clientNotes['scope']));
  const sent = Object.keys(form).length > 0;
  return { fields: profileFields(asked, sent ? values : valuesOfUser(user)) };
}

async function process(parts: ActionParts, request: ActionRequest): Promise<ActionOutcome> {
  const { realm, user, client, tab } = request;
  const asked = askedProfile(realm, 'update', requestedScopes(client, tab.clientNotes['scope']));
  const typed = typedValues(asked, request.values);
  const problems = await profileProblems(parts.state.directory, realm, asked, typed, user);
  if (problems.length > 0) return problems;
  const changed = await parts.state.changes.write(async (stores, touch): Promise<User> => {
    const current = (await stores.users.byId(realm.id, user.id)) ?? user;
    const updated = await stores.users.update(withProfileOf(current, typed));
    touch(...userTags(current), ...userTags(updated));
    return updated;
  });
  parts.events.emit({
    type: 'UPDATE_PROFILE',
    realmId: realm.id,
    realmName: realm.realm,
    clientId: request.clientId,
    userId: user.id,
    ipAddress: request.ipAddress,
    details: {
      username: changed.username,
      ...(changed.email === user.email ? {} : { previous_email: user.email ?? '', updated_email: changed.email ?? '' }),
    },
  });
  return undefined;
}

/** UPDATE_PROFILE: what the realm's user profile lets people say of themselves. */
export const updateProfile: RequiredAction = {
  id: 'UPDATE_PROFILE',
  template: 'login-update-profile',
  heading: 'updateProfileHeading',
  demand: 'updateProfileMessage',
  view,
  process,
};

/** VERIFY_PROFILE: the same form, for a profile that lacks something. */
export const verifyProfile: RequiredAction = { ...updateProfile, id: 'VERIFY_PROFILE', demand: 'verifyProfileMessage' };
