import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { identityProviderOf } from '../realm/identity-provider-representation.ts';
import { type AdminCall, adminRoutes, bodyOf, parameter, write } from './admin-route.ts';
import { notFound, taken } from './answers.ts';
import { userOf } from './lookups.ts';
import { representation } from './representation-shapes.ts';

const linkShape = representation('FederatedIdentityRepresentation', { texts: 'identityProvider userId userName' });

/** The links of a user, as administrators see them. Tokens of the provider are nobody's but the application's that may read them. */
export async function linksOf({ storage }: ServerContext, userId: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const links = await storage.stores.federatedIdentities.ofUser(userId);
  return links.map(({ identityProvider, userId: id, userName }) => ({ identityProvider, userId: id, userName }));
}

/** Links between a user and identities of outside providers. */
export function registerFederatedIdentities(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const one = '/users/:userId/federated-identity/:alias';
  const provided = ({ realm, request }: AdminCall): string => {
    const alias = parameter(request, 'alias');
    if (identityProviderOf(realm, alias) === undefined) throw notFound('Identity provider not found');
    return alias;
  };

  declare('GET /users/:userId/federated-identity', async (call) => {
    return linksOf(context, (await userOf(call)).id);
  });
  declare(`POST ${one}`, async (call) => {
    const user = await userOf(call);
    const identityProvider = provided(call);
    const { userId = '', userName = '' } = bodyOf<{ userId?: string; userName?: string }>(call.request, linkShape);
    const isAdded = await write(context, ({ federatedIdentities }) =>
      federatedIdentities.add(call.realm.id, user.id, { identityProvider, userId, userName }),
    );
    if (!isAdded) throw taken('User is already linked with provider');
  });
  declare(`DELETE ${one}`, async (call) => {
    const user = await userOf(call);
    const alias = provided(call);
    if (!(await write(context, ({ federatedIdentities }) => federatedIdentities.remove(user.id, alias)))) throw notFound('Link not found');
  });
}
