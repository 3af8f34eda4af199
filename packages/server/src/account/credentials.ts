import type { FastifyInstance } from 'fastify';
import { userTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import type { Credential } from '../model/index.ts';
import type { Representation } from '../realm/fields.ts';
import { type AccountCall, accountRoutes } from './account-route.ts';

const MAX_LABEL_CHARACTERS = 255;

/** Kinds of credentials that people set up here, and the actions of the login that do so. */
const KINDS = [
  {
    type: 'password',
    category: 'basic-authentication',
    displayName: 'password-display-name',
    helptext: 'password-help-text',
    iconCssClass: 'kcAuthenticatorPasswordClass',
    removeable: false,
  },
] as const;

/** What a person logs in with: looking at it, naming it. Setting it is an action of the login, which the answer names. */
export function registerCredentials(app: FastifyInstance, context: ServerContext): void {
  const declare = accountRoutes(app, context);

  declare('GET', '/credentials', ['view-profile'], async (call) => {
    const { type, 'user-credentials': withOwn } = call.request.query as { type?: string; 'user-credentials'?: string };
    const own = await context.storage.stores.credentials.ofUser(call.bearer.user.id);
    return KINDS.filter((kind) => type === undefined || kind.type === type).map(({ removeable, ...kind }) => {
      const ofKind = own.filter((credential) => credential.type === kind.type);
      const action = ofKind.length === 0 ? { createAction: 'UPDATE_PASSWORD' } : { updateAction: 'UPDATE_PASSWORD' };
      const metadatas =
        withOwn === 'false' ? {} : { userCredentialMetadatas: ofKind.map((one) => ({ credential: toRepresentation(one) })) };
      return { ...kind, ...action, removeable, ...metadatas };
    });
  });

  declare('PUT', '/credentials/:credentialId/label', [], async (call) => {
    const { id } = await credentialOf(call);
    const label: unknown = call.request.body;
    if (typeof label !== 'string' || label.length > MAX_LABEL_CHARACTERS) {
      throw new ReplyError(400, { errorMessage: `A label is a text of at most ${MAX_LABEL_CHARACTERS} characters` });
    }
    const { user } = call.bearer;
    await context.state.changes.write(async (open, touch) => {
      const current = (await open.credentials.ofUser(user.id)).find((one) => one.id === id);
      if (current === undefined) return;
      await open.credentials.update({ ...current, userLabel: label });
      touch(...userTags(user));
    });
    return undefined;
  });

  declare('DELETE', '/credentials/:credentialId', [], async (call) => {
    await credentialOf(call);
    throw new ReplyError(400, { error: 'Credential type cannot be removed' });
  });
}

async function credentialOf({ context, bearer, request }: AccountCall): Promise<Credential> {
  const { credentialId } = request.params as { credentialId?: string };
  const found = (await context.storage.stores.credentials.ofUser(bearer.user.id)).find(({ id }) => id === credentialId);
  if (found === undefined) throw new ReplyError(404, { error: 'Credential not found' });
  return found;
}

function toRepresentation({ id, type, userLabel, createdDate, credentialData }: Credential): Representation {
  return { id, type, ...(userLabel === undefined ? {} : { userLabel }), createdDate, credentialData };
}
