import { ServerError } from '../http/errors.ts';
import type { Membership } from '../state/membership.ts';

/** What a fenced node still answers: documents that depend on the database alone, and static files. */
const HARMLESS = /\/(?:\.well-known\/[^/]+|protocol\/openid-connect\/certs)$|^(?:\/[^/]+)?\/resources\//;
const REALM_PATH = /\/(?:realms|admin)\//;

/** Refuses realm requests while this node cannot prove its membership; it never guesses. */
export function fenceGate(membership: Membership): (path: string) => ServerError | undefined {
  return (url) => {
    const path = url.split('?', 1)[0] ?? url;
    if (!membership.fenced || !REALM_PATH.test(path) || HARMLESS.test(path)) return undefined;
    return new ServerError('KG_NODE_FENCED', 'This node is cut off from its cluster', { retryAfterSeconds: 2 });
  };
}
