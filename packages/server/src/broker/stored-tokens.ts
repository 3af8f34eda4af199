import type { ServerContext } from '../context.ts';
import type { FederatedIdentity, User } from '../model/index.ts';
import type { OidcProvider } from './provider.ts';
import { askForTokens, BrokerProblem, storedAnswer } from './tokens-of-provider.ts';

type Answer = Readonly<Record<string, unknown>>;

/** The tokens that a provider gave at the last login of a user; undefined where none are stored. */
export async function storedTokens({ storage }: ServerContext, user: User, alias: string): Promise<FederatedIdentity | undefined> {
  return (await storage.stores.federatedIdentities.ofUser(user.id)).find((link) => link.identityProvider === alias);
}

/**
 * The stored answer with an access token that is not over: renewed at the provider where it was, and stored again. `none` where nothing is stored,
 * `over` where the provider gives none any more; what it refused is then not asked for again.
 */
export async function freshTokens(context: ServerContext, provider: OidcProvider, user: User): Promise<Answer | 'none' | 'over'> {
  const link = await storedTokens(context, user, provider.alias);
  const kept = answerOf(link);
  if (link === undefined || kept === undefined) return 'none';
  if (isFresh(context, kept)) return kept;
  const { refresh_token: refreshToken } = kept;
  if (typeof refreshToken !== 'string') return 'over';
  try {
    const renewed = await askForTokens(context, provider, { grant_type: 'refresh_token', refresh_token: refreshToken });
    const answer = { ...renewed, refresh_token: renewed['refresh_token'] ?? refreshToken };
    await store(context, user, { ...link, token: storedAnswer(answer, context.clock.nowSeconds()) });
    return answer;
  } catch (error) {
    if (!(error instanceof BrokerProblem)) throw error;
    // Another request may have used the refresh token a moment ago, and stored what came of it.
    const current = await storedTokens(context, user, provider.alias);
    const other = answerOf(current);
    if (current !== undefined && current.token === link.token) await store(context, user, { ...current, token: undefined });
    return other !== undefined && current?.token !== link.token && isFresh(context, other) ? other : 'over';
  }
}

function store({ state }: ServerContext, user: User, link: Omit<FederatedIdentity, 'token'> & { readonly token: string | undefined }) {
  const { token, ...others } = link;
  return state.changes.write((stores) =>
    stores.federatedIdentities.renew(user.id, { ...others, ...(token === undefined ? {} : { token }) }),
  );
}

function answerOf(link: FederatedIdentity | undefined): Answer | undefined {
  if (link?.token === undefined) return undefined;
  const answer: unknown = JSON.parse(link.token);
  return typeof answer === 'object' && answer !== null ? (answer as Answer) : undefined;
}

function isFresh({ clock }: ServerContext, { accessTokenExpiration: end }: Answer): boolean {
  return typeof end !== 'number' || end > clock.nowSeconds();
}
