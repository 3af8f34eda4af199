import { admin, adminToken } from '../../bench/drivers/admin.ts';
import { benchRealm } from '../../bench/servers/server.ts';
import { startTestCluster } from './test-cluster.ts';

/** What a client test talks to: nodes that hold the realm `test`. */
export interface Target {
  readonly bases: readonly string[];
  /** The frontend URL; the issuer is under it. */
  readonly base: string;
  stop(): Promise<void>;
}

/**
 * A cluster of this server; or, where KEYGRID_TEST_REFERENCE_URL names one, a running Keycloak (administrator admin / admin), so that the tests
 * themselves can be checked against the original: a check that the original fails is a wrong check.
 */
export async function startTarget(nodes: number): Promise<Target> {
  const reference = process.env['KEYGRID_TEST_REFERENCE_URL'];
  if (reference === undefined || reference === '') {
    const cluster = await startTestCluster(nodes);
    return { bases: cluster.server.bases, base: cluster.server.bases[0] ?? '', stop: () => cluster.stop() };
  }
  const token = await adminToken(reference);
  await admin(reference, token, 'DELETE', '/realms/test', undefined, [404]);
  await admin(reference, token, 'POST', '/realms', benchRealm('test', 10));
  return {
    bases: Array.from({ length: nodes }, () => reference),
    base: reference,
    stop: async () => {
      await admin(reference, await adminToken(reference), 'DELETE', '/realms/test', undefined, [404]);
    },
  };
}
