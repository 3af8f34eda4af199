import type { Claims, TokenResponse } from '../../token/contracts.ts';

/** The claims of a token that was made a moment ago: nothing of it is to be checked. */
export function claimsOfIssued(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
}

/** What the answer of a grant has at least where it has tokens; that of a requesting party token tells no scope. */
type GivenTokens = Pick<TokenResponse, 'access_token' | 'refresh_token'> & Partial<Pick<TokenResponse, 'scope'>>;

/** What the event of a token request tells of the tokens that were given. */
export function detailsOfTokens({ access_token: accessToken, refresh_token: refreshToken, scope }: GivenTokens): Record<string, string> {
  const details: Record<string, string> = { token_id: claimsOfIssued(accessToken).jti ?? '', ...(scope === undefined ? {} : { scope }) };
  if (refreshToken === undefined) return details;
  const { typ = '', jti = '' } = claimsOfIssued(refreshToken);
  return { ...details, refresh_token_type: typ, refresh_token_id: jti };
}

/** The same of a refresh, which tells the id of the token that was used beside that of the new one. */
export function detailsOfRefresh(answer: TokenResponse, used: Claims, nowSeconds: number): Record<string, string> {
  const { refresh_token_id: fresh, ...details } = detailsOfTokens(answer);
  return {
    ...details,
    ...(fresh === undefined ? {} : { updated_refresh_token_id: fresh }),
    access_token_expiration_time: String(answer.expires_in),
    refresh_token_id: used.jti ?? '',
    refresh_token_sub: used.sub ?? '',
    age_of_refresh_token: String(nowSeconds - (used.iat ?? nowSeconds)),
  };
}
