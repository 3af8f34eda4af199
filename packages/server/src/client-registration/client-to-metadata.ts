import type { Client } from '../model/index.ts';
import type { Representation } from '../realm/fields.ts';
import {
  authenticators,
  flagAttributes,
  grantAttributes,
  LIST_SEPARATOR,
  listAttributes,
  SECRET_METHOD,
  textAttributes,
} from './metadata-attributes.ts';

const IMPLICIT_TYPES = ['id_token', 'id_token token'];
const HYBRID_TYPES = ['code id_token', 'code token', 'code id_token token'];

/** All that is registered of a client (RFC 7591 section 3.2.1), without what concerns its registration. */
export function metadataOfClient(client: Client): Representation {
  const { attributes } = client;
  const method = authenticationMethod(client);
  const hasSecret = method.startsWith('client_secret_') && client.secret !== undefined;
  return {
    redirect_uris: client.redirectUris,
    token_endpoint_auth_method: method,
    grant_types: grantTypes(client),
    response_types: responseTypes(client),
    client_id: client.clientId,
    ...(hasSecret ? { client_secret: client.secret, client_secret_expires_at: 0 } : {}),
    ...(client.name === undefined ? {} : { client_name: client.name }),
    ...(client.baseUrl === undefined ? {} : { client_uri: client.baseUrl }),
    scope: client.optionalClientScopes.join(' '),
    subject_type: 'public',
    ...Object.fromEntries(textAttributes.flatMap(([name, attribute]) => (attributes[attribute] ? [[name, attributes[attribute]]] : []))),
    ...keysOf(client),
    ...Object.fromEntries(flagAttributes.map(([name, attribute]) => [name, attributes[attribute] === 'true'])),
    ...Object.fromEntries(listAttributes.map(([name, attribute]) => [name, listIn(attributes[attribute])])),
    post_logout_redirect_uris: postLogoutUris(client),
  };
}

function authenticationMethod({ publicClient, clientAuthenticatorType, attributes }: Client): string {
  if (publicClient) return 'none';
  if (clientAuthenticatorType === 'client-secret') return attributes[SECRET_METHOD] ?? 'client_secret_basic';
  return [...authenticators].find(([, type]) => type === clientAuthenticatorType)?.[0] ?? clientAuthenticatorType;
}

function grantTypes(client: Client): readonly string[] {
  const flows: readonly (readonly [string, boolean])[] = [
    ['authorization_code', client.standardFlowEnabled],
    ['implicit', client.implicitFlowEnabled],
    ['password', client.directAccessGrantsEnabled],
    ['client_credentials', client.serviceAccountsEnabled],
    // Refresh tokens are given unless the client does without.
    ...grantAttributes.map(
      ([grant, attribute]) =>
        [grant, grant === 'refresh_token' ? client.attributes[attribute] !== 'false' : client.attributes[attribute] === 'true'] as const,
    ),
  ];
  return flows.filter(([, on]) => on).map(([grant]) => grant);
}

function responseTypes({ standardFlowEnabled, implicitFlowEnabled }: Client): readonly string[] {
  return [
    ...(standardFlowEnabled ? ['code', 'none'] : []),
    ...(implicitFlowEnabled ? IMPLICIT_TYPES : []),
    ...(standardFlowEnabled && implicitFlowEnabled ? HYBRID_TYPES : []),
  ];
}

function keysOf({ attributes }: Client): Representation {
  if (attributes['use.jwks.string'] !== 'true') return {};
  try {
    return { jwks: JSON.parse(attributes['jwks.string'] ?? '') as unknown };
  } catch {
    // An administrator wrote something else there.
    return {};
  }
}

const listIn = (text: string | undefined): readonly string[] => (text ?? '').split(LIST_SEPARATOR).filter((entry) => entry !== '');

/** `+` or nothing stands for the redirect URIs, `-` for none. */
function postLogoutUris({ attributes, redirectUris }: Client): readonly string[] {
  const entries = listIn(attributes['post.logout.redirect.uris'] || '+');
  if (entries[0] === '-') return [];
  return entries.flatMap((entry) => (entry === '+' ? redirectUris : [entry]));
}
