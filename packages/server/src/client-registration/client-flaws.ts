import type { Client } from '../model/index.ts';
import { invalidMetadata, invalidRedirectUri } from './refusal.ts';

const MAX_TEXT_CHARACTERS = 255;
const MAX_URI_CHARACTERS = 2_048;
const MAX_URIS = 100;
const ILLEGAL_SCHEME = /^\s*(?:javascript|data|vbscript):/i;
/** Addresses below the server's own. */
const OWN_ADDRESS = /^(?:\$\{auth(?:Base|Admin)Url\}|\/)/;

/** What a client that registers itself may not hold. @throws RegistrationRefusal 400. */
export function checkRegisteredClient(client: Client): void {
  // The database takes no such character, wherever it stands.
  if (JSON.stringify(client).includes('\\u0000')) throw invalidMetadata('A text contains a NUL character');
  if (client.clientId === '') throw invalidMetadata('Client ID cannot be blank');
  for (const name of ['id', 'clientId', 'name', 'description', 'rootUrl', 'baseUrl', 'adminUrl', 'secret'] as const) {
    if ((client[name]?.length ?? 0) > MAX_TEXT_CHARACTERS) throw invalidMetadata(`${name} has more than ${MAX_TEXT_CHARACTERS} characters`);
  }
  checkUrl(client.rootUrl, 'Root URL');
  if (client.rootUrl?.includes('#')) throw invalidMetadata('Root URL must not contain an URL fragment');
  checkUrl(client.baseUrl, 'Base URL');
  checkUrl(client.adminUrl, 'Admin URL');
  for (const [attribute, label] of ADDRESSES) checkUrl(client.attributes[attribute], label);
  checkUris(client.redirectUris, 'A redirect URI', invalidRedirectUri);
  const afterLogout = (client.attributes['post.logout.redirect.uris'] ?? '').split('##');
  checkUris(afterLogout, 'A post-logout redirect URI', invalidMetadata);
}

const ADDRESSES = [
  ['backchannel.logout.url', 'Backchannel logout URL'],
  ['frontchannel.logout.url', 'Front-channel logout URL'],
  ['logoUri', 'Logo URL'],
  ['policyUri', 'Policy URL'],
  ['tosUri', 'Terms of service URL'],
  ['jwks.url', 'JWKS URL'],
] as const;

function checkUrl(url: string | undefined, label: string): void {
  if (url === undefined || url === '') return;
  if (ILLEGAL_SCHEME.test(url)) throw invalidMetadata(`${label} uses an illegal scheme`);
  if (url.length > MAX_URI_CHARACTERS || !(OWN_ADDRESS.test(url) || isWebAddress(url)))
    throw invalidMetadata(`${label} is not a valid URL`);
}

function isWebAddress(url: string): boolean {
  // The parser takes spaces in a path; nobody else does.
  return /^(?:https?|ftp):\/\/[^\s]+$/i.test(url) && URL.canParse(url);
}

function checkUris(uris: readonly string[], label: string, refuse: (description: string) => Error): void {
  if (uris.length > MAX_URIS) throw refuse(`There are more than ${MAX_URIS} URIs`);
  for (const uri of uris) {
    if (ILLEGAL_SCHEME.test(uri)) throw refuse(`${label} uses an illegal scheme`);
    if (uri.includes('#')) throw refuse(`${label} must not contain an URL fragment`);
    if (uri.length > MAX_URI_CHARACTERS) throw refuse(`${label} has more than ${MAX_URI_CHARACTERS} characters`);
  }
}
