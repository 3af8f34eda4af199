import { FencePatience } from '../cache/fence-patience.ts';
import { ServerError } from '../http/errors.ts';
import type { Membership } from '../state/membership.ts';

/** What a fenced node still answers: documents that depend on the database alone, and static files. */
const HARMLESS = /\/(?:\.well-known\/[^/]+|protocol\/openid-connect\/certs)$|^(?:\/[^/]+)?\/resources\//;
const REALM_PATH = /\/(?:realms|admin)\//;

/** Refuses realm requests while this node cannot prove its membership, unless that passes within a moment; it never guesses. */
export function fenceGate(membership: Membership): (path: string) => Promise<ServerError | undefined> | undefined {
  const patience = new FencePatience(membership);
  return (url) => {
    if (!patience.stands()) return undefined;
    const path = url.split('?', 1)[0] ?? url;
    if (!REALM_PATH.test(path) || HARMLESS.test(path)) return undefined;
    return Promise.resolve(patience.passed()).then(() =>
      patience.stands() ? new ServerError('KG_NODE_FENCED', 'This node is cut off from its cluster', { retryAfterSeconds: 2 }) : undefined,
    );
  };
}
