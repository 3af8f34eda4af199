import type { FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import type { Realm } from '../model/index.ts';
import { OAuthError } from './oauth-error.ts';

/** The realm that the path names, in the JSON manner of the endpoints that programs call: 404 where there is none. */
export async function realmOf(context: ServerContext, request: FastifyRequest): Promise<Realm> {
  const { realm: name } = request.params as { readonly realm: string };
  const realm = name.includes('\0') ? undefined : await context.state.directory.realmByName(name);
  if (!realm) throw new ReplyError(404, { error: 'Realm does not exist' });
  return realm;
}

/** The same, refused while the realm is switched off. */
export async function enabledRealmOf(context: ServerContext, request: FastifyRequest): Promise<Realm> {
  const realm = await realmOf(context, request);
  if (!realm.enabled) throw new OAuthError(403, 'access_denied', 'Realm not enabled');
  return realm;
}
