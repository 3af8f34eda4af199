import type { Client, UserSession } from '../model/index.ts';
import type { FrontChannelClient } from './contracts.ts';

/** Whether the client hears of a logout by an iframe of its own. */
export function hasFrontChannel(client: Client): boolean {
  return client.frontchannelLogout && isHttp(client.attributes['frontchannel.logout.url']);
}

/** Where the client's iframe points to (OpenID Connect Front-Channel Logout 1.0 section 2). */
export function frontChannelOf(client: Client, session: UserSession, issuer: string): FrontChannelClient {
  const url = new URL(client.attributes['frontchannel.logout.url'] ?? '');
  if (client.attributes['frontchannel.logout.session.required'] !== 'false') {
    url.searchParams.append('sid', session.id);
    url.searchParams.append('iss', issuer);
  }
  return { name: client.name || client.clientId, url: url.href };
}

function isHttp(url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
