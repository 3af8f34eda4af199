import type { Client } from '../model/index.ts';

/** RFC 7636 section 4.2: 43 to 128 unreserved characters. */
const CHALLENGE = /^[A-Za-z0-9\-._~]{43,128}$/;

/** What is wrong with the PKCE parameters of an authorization request; undefined = nothing. `error_description` of `invalid_request`. */
export function codeChallengeProblem(client: Client, challenge: string | undefined, method: string | undefined): string | undefined {
  const demanded = client.attributes['pkce.code.challenge.method'];
  if (demanded !== undefined && demanded !== '') {
    if (method === undefined) return 'Missing parameter: code_challenge_method';
    if (method !== demanded) return 'Invalid parameter: code challenge method is not matching the configured one';
    if (challenge === undefined) return 'Missing parameter: code_challenge';
  } else {
    if (challenge === undefined) return method === undefined ? undefined : 'Missing parameter: code_challenge';
    if (method !== undefined && method !== 'S256' && method !== 'plain') return 'Invalid parameter: code_challenge_method';
  }
  return CHALLENGE.test(challenge) ? undefined : 'Invalid parameter: code_challenge';
}
