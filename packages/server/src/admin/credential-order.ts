import type { FastifyInstance } from 'fastify';
import { userTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { type AdminCall, adminRoutes, parameter, write } from './admin-route.ts';
import { notFound } from './answers.ts';
import { userOf } from './lookups.ts';

/** Between two neighbours, as Keycloak leaves it. */
const PRIORITY_STEP = 10;

/** Which of a user's credentials is preferred: moving one to the front, or behind another. */
export function registerCredentialOrder(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const one = '/users/:userId/credentials/:credentialId';
  declare(`POST ${one}/moveToFirst`, (call) => move(call, undefined));
  declare(`POST ${one}/moveAfter/:previousId`, (call) => move(call, parameter(call.request, 'previousId')));
}

async function move(call: AdminCall, previousId: string | undefined): Promise<undefined> {
  const user = await userOf(call);
  await write(call.context, async (open, touch) => {
    const all = (await open.credentials.ofUser(user.id)).toSorted((first, second) => first.priority - second.priority);
    const moved = all.find(({ id }) => id === parameter(call.request, 'credentialId'));
    const others = all.filter((credential) => credential !== moved);
    if (moved !== undefined && moved.id === previousId) return;
    const at = previousId === undefined ? 0 : others.findIndex(({ id }) => id === previousId) + 1;
    if (moved === undefined || (previousId !== undefined && at === 0)) throw notFound('Credential not found');
    for (const [index, credential] of others.toSpliced(at, 0, moved).entries()) {
      const priority = (index + 1) * PRIORITY_STEP;
      if (credential.priority !== priority) await open.credentials.update({ ...credential, priority });
    }
    touch(...userTags(user));
  });
  return undefined;
}
