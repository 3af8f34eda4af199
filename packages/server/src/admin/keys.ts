import { X509Certificate } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import type { RealmKey } from '../model/index.ts';
import { adminRoutes } from './admin-route.ts';

/** The keys of a realm, public parts only, with the one in use for each algorithm. */
export function registerKeys(app: FastifyInstance, context: ServerContext): void {
  adminRoutes(app, context)('GET /keys', async ({ realm }) => {
    const keys = await context.state.directory.keys(realm);
    const active: Record<string, string> = {};
    for (const key of keys) if (key.status === 'ACTIVE') active[key.algorithm] ??= key.kid;
    return { active, keys: keys.map(keyToRepresentation) };
  });
}

function keyToRepresentation(key: RealmKey): unknown {
  return {
    providerId: key.componentId,
    providerPriority: key.priority,
    kid: key.kid,
    status: key.status,
    type: typeOf(key),
    algorithm: key.algorithm,
    ...(key.publicKey === undefined ? {} : { publicKey: Buffer.from(key.publicKey).toString('base64') }),
    ...(key.certificate === undefined
      ? {}
      : {
          certificate: Buffer.from(key.certificate).toString('base64'),
          validTo: Date.parse(new X509Certificate(key.certificate).validTo),
        }),
    use: key.use,
  };
}

function typeOf(key: RealmKey): string {
  if (key.publicKey === undefined) return 'OCT';
  if (key.algorithm.startsWith('ES')) return 'EC';
  return key.algorithm === 'EdDSA' ? 'OKP' : 'RSA';
}
