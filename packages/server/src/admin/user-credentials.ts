import type { FastifyInstance } from 'fastify';
import { userTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import type { Credential } from '../model/index.ts';
import { adminRoutes, bodyOf, parameter, write } from './admin-route.ts';
import { badRequest, invalidValue, notFound } from './answers.ts';
import { userOf } from './lookups.ts';
import { refuseWeakPassword } from './password-answers.ts';
import { credentialShape } from './representation-shapes.ts';

/** Older passwords, kept for the policy alone. */
const HIDDEN_TYPE = 'password-history';
const MAX_LABEL_CHARACTERS = 255;

interface CredentialBody {
  readonly type?: string | null;
  readonly value?: string | null;
  readonly temporary?: boolean | null;
}

/** Passwords and other credentials of a user. */
export function registerUserCredentials(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { stores } = context.storage;

  declare('PUT /users/:userId/reset-password', async (call) => {
    const user = await userOf(call);
    const { value, temporary } = bodyOf<CredentialBody>(call.request, credentialShape);
    if (value === undefined || value === null) throw badRequest('No password provided');
    if (value === '') throw badRequest('Empty password not allowed');
    await refuseWeakPassword(context, call.realm, user, value);
    await context.passwords.set(call.realm, user, value);
    await write(context, async (open, touch) => {
      const current = await open.users.byId(call.realm.id, user.id);
      if (!current) throw notFound('User not found');
      touch(...userTags(current));
      const others = current.requiredActions.filter((action) => action !== 'UPDATE_PASSWORD');
      const requiredActions = temporary === true ? [...others, 'UPDATE_PASSWORD'] : current.requiredActions;
      if (requiredActions !== current.requiredActions) await open.users.update({ ...current, requiredActions });
    });
  });

  declare('GET /users/:userId/credentials', async (call) => {
    const credentials = await stores.credentials.ofUser((await userOf(call)).id);
    return credentials.filter((credential) => credential.type !== HIDDEN_TYPE).map(credentialToListed);
  });

  declare('DELETE /users/:userId/credentials/:credentialId', async (call) => {
    const user = await userOf(call);
    await write(context, async (open, touch) => {
      if (!(await open.credentials.remove(user.id, parameter(call.request, 'credentialId')))) throw notFound('Credential not found');
      touch(...userTags(user));
    });
  });

  declare('PUT /users/:userId/credentials/:credentialId/userLabel', async (call) => {
    const user = await userOf(call);
    const label = typeof call.request.body === 'string' ? call.request.body : '';
    if (label.length > MAX_LABEL_CHARACTERS) throw invalidValue(`A label has at most ${MAX_LABEL_CHARACTERS} characters`);
    await write(context, async (open) => {
      const credential = credentialIn(await open.credentials.ofUser(user.id), parameter(call.request, 'credentialId'));
      await open.credentials.update({ ...credential, userLabel: label });
    });
  });

  declare('GET /users/:userId/configured-user-storage-credential-types', async (call) => {
    // Users of other stores have such; here there are none.
    await userOf(call);
    return [];
  });
}

function credentialIn(credentials: readonly Credential[], id: string): Credential {
  const credential = credentials.find((one) => one.id === id);
  if (!credential) throw notFound('Credential not found');
  return credential;
}

/** A credential without its secret. */
function credentialToListed({ id, type, userLabel, createdDate, credentialData }: Credential): unknown {
  return { id, type, ...(userLabel === undefined ? {} : { userLabel }), createdDate, credentialData };
}
