import { randomUUID } from 'node:crypto';
import { linkHash } from '../../authentication/account-links.ts';
import { oidcProvider } from '../../broker/provider.ts';
import { freshTokens } from '../../broker/stored-tokens.ts';
import { identityProviderOf } from '../../realm/identity-provider-representation.ts';
import type { Bearer } from '../../token/contracts.ts';
import { OAuthError } from '../oauth-error.ts';
import { mayReadTokens } from '../stored-token.ts';
import type { GrantRequest } from './grant.ts';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/**
 * Exchange of an access token of this server for the one that an outside provider gave for the same user (`requested_issuer`), as the original has it
 * with its feature token-exchange. Who may is said by the role read-token of the client broker, in the token that is shown: the original asks its
 * first fine-grained permissions, which are not here.
 */
export async function exchangeForProvider(grant: GrantRequest, subject: Bearer): Promise<object> {
  const { context, realm, form, trace } = grant;
  const alias = form.get('requested_issuer') ?? '';
  trace.details['requested_issuer'] = alias.slice(0, 255);
  const refuse = (reason: string, error: OAuthError): OAuthError => {
    trace.details['reason'] = reason;
    return error;
  };
  const settings = identityProviderOf(realm, alias);
  if (settings?.enabled !== true) {
    throw refuse('unknown requested_issuer', new OAuthError(400, 'invalid_request', 'Invalid issuer', 'identity_provider_not_found'));
  }
  const provider = oidcProvider(settings);
  if (provider === undefined) {
    const error = new OAuthError(400, 'invalid_request', 'Issuer does not support token exchange', 'identity_provider_not_found');
    throw refuse('exchange unsupported by requested_issuer', error);
  }
  if (!mayReadTokens(subject.claims)) {
    throw refuse('client not allowed to exchange', new OAuthError(403, 'access_denied', 'Client not allowed to exchange', 'not_allowed'));
  }
  if ((form.get('requested_token_type') ?? ACCESS_TOKEN) !== ACCESS_TOKEN) {
    throw refuse('requested_token_type unsupported', new OAuthError(400, 'invalid_target', 'response_token_type_unsupported'));
  }
  const link = linkAddress(grant, subject, alias);
  if (!settings.storeToken) {
    const text = 'identity provider is not linked, can only link to current user session';
    throw refuse('requested_issuer has not linked', new OAuthError(400, 'not_linked', text, 'invalid_request', link));
  }
  const kept = await freshTokens(context, provider, subject.user);
  if (kept === 'none') {
    throw refuse(
      'requested_issuer is not linked',
      new OAuthError(400, 'not_linked', 'identity provider is not linked', 'invalid_token', link),
    );
  }
  if (kept === 'over') {
    throw refuse('linked token is expired', new OAuthError(400, 'token_expired', 'linked token is expired', 'invalid_token', link));
  }
  const { access_token, expires_in, token_type, scope } = kept;
  return { access_token, expires_in, refresh_expires_in: 0, token_type, scope, issued_token_type: ACCESS_TOKEN, ...link };
}

/** Where the user can link the account: an address of client-initiated linking, where that is let. */
function linkAddress({ context, client, issuer }: GrantRequest, { session }: Bearer, alias: string): Readonly<Record<string, string>> {
  if (session === undefined || !context.allowsClientInitiatedLinking) return {};
  const nonce = randomUUID();
  const hash = linkHash({ nonce, sessionId: session.id, clientId: client.clientId, alias });
  const query = new URLSearchParams({ nonce, hash, client_id: client.clientId }).toString();
  return { 'account-link-url': `${issuer}/broker/${encodeURIComponent(alias)}/link?${query}` };
}
