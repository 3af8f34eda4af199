import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { realmTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { unmanagedAttributes } from '../realm/user-profile/check-profile.ts';
import { profileMetadata } from '../realm/user-profile/metadata.ts';
import { profileOf, profileOfUsers, type UserProfile, withProfile } from '../realm/user-profile/profile.ts';
import { faultsOfProfile } from '../realm/user-profile/read-profile.ts';
import { type AdminCall, adminRoutes, bodyOf, write } from './admin-route.ts';
import { invalidValue, notFound } from './answers.ts';
import { userOf } from './lookups.ts';
import { userProfileShape } from './representation-shapes.ts';

/** The user profile of a realm, what forms need to know of it, and the attributes of a user that do not stand in it. */
export function registerProfileConfiguration(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  declare('GET /users/profile', async ({ realm }) => profileToRepresentation(profileOf(realm)));
  declare('GET /users/profile/metadata', async ({ realm }) => profileMetadata(realm, 'admin', true));
  declare('PUT /users/profile', async (call) => {
    const body = bodyOf<UserProfile | null>(call.request, userProfileShape);
    // Nothing at all asks for the default again.
    const isEmpty = body === null || Object.keys(body).length === 0;
    return profileToRepresentation(await changeProfile(call, isEmpty ? undefined : body));
  });
  declare('GET /users/:userId/unmanagedAttributes', async (call) => {
    const user = await userOf(call);
    const profile = profileOfUsers(call.realm);
    return profile.unmanagedAttributePolicy === undefined ? {} : unmanagedAttributes(profile, user.attributes);
  });
}

/** Gives the realm another profile. @throws ReplyError 400 where it cannot be used. */
export async function changeProfile({ context, realm }: AdminCall, profile: UserProfile | undefined): Promise<UserProfile> {
  const faults = profile === undefined ? [] : faultsOfProfile(profile);
  if (faults.length > 0) throw invalidValue(`[${faults.join(', ')}]`);
  return write(context, async ({ realms }, touch) => {
    const current = await realms.byId(realm.id);
    if (current === undefined) throw notFound('Realm not found.');
    const after = withProfile(current, profile, randomUUID());
    await realms.update(after);
    touch(...realmTags(current));
    return profileOf(after);
  });
}

function profileToRepresentation(profile: UserProfile): unknown {
  return {
    ...profile,
    attributes: profile.attributes.map((attribute) => ({ ...attribute, multivalued: attribute.multivalued ?? false })),
    groups: profile.groups ?? [],
  };
}
