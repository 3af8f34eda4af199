import { randomUUID } from 'node:crypto';
import type { Client, Realm } from '../model/index.ts';
import type { Tokens } from '../token/contracts.ts';
import type { CallQueue } from './call-queue.ts';
import type { AdminAction, AdminCallResult } from './contracts.ts';

const PATHS: Readonly<Record<AdminAction, string>> = { LOGOUT: 'k_logout', PUSH_NOT_BEFORE: 'k_push_not_before' };
const LIFESPAN_SECONDS = 30;

/** The client's admin URL, a relative one below its root URL; undefined where there is none to call. */
export function adminUrlOf(client: Client): string | undefined {
  const { adminUrl, rootUrl } = client;
  if (!adminUrl) return undefined;
  const whole = /^https?:\/\//.test(adminUrl) ? adminUrl : rootUrl ? `${rootUrl}${adminUrl}` : undefined;
  return whole?.replace(/\/$/, '');
}

/** Posts a signed action to every client that has an admin URL, each once. */
export async function callAdminUrls(
  parts: { readonly tokens: Pick<Tokens, 'sign'>; readonly queue: CallQueue; readonly nowMs: number },
  realm: Realm,
  clients: readonly Client[],
  action: AdminAction,
  notBefore: number,
): Promise<AdminCallResult> {
  const told = await Promise.all(
    clients
      .filter((client) => client.enabled)
      .map(async (client) => {
        const base = adminUrlOf(client);
        if (base === undefined) return undefined;
        const body = await parts.tokens.sign(realm, 'RS256', {
          id: `${randomUUID()}-${parts.nowMs}`,
          expiration: Math.floor(parts.nowMs / 1_000) + LIFESPAN_SECONDS,
          resource: client.clientId,
          action,
          notBefore,
        });
        const call = {
          url: `${base}/${PATHS[action]}`,
          contentType: 'text/plain; charset=ISO-8859-1',
          body,
          label: `client ${client.clientId}`,
        };
        return { base, done: (await parts.queue.send(call, { retries: false })) === 'done' };
      }),
  );
  const urls = (done: boolean): readonly string[] => told.flatMap((one) => (one?.done === done ? [one.base] : []));
  const [successRequests, failedRequests] = [urls(true), urls(false)];
  return {
    ...(successRequests.length === 0 ? {} : { successRequests }),
    ...(failedRequests.length === 0 ? {} : { failedRequests }),
  };
}
