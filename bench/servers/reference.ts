import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/checks/repository.ts';

export const KEYCLOAK_VERSION = '26.7.4';
export const INFINISPAN_VERSION = '16.0.5';

/** Where `npm run reference:install` puts what it fetches. */
export const referenceFolder = join(root, '.keygrid', 'reference');
export const installedKeycloak = join(referenceFolder, `keycloak-${KEYCLOAK_VERSION}`);
export const installedInfinispan = join(referenceFolder, `infinispan-${INFINISPAN_VERSION}`);

function named(variable: string, installed: string, mark: string): string | undefined {
  const given = process.env[variable];
  if (given !== undefined && given !== '') return given;
  return existsSync(join(installed, mark)) ? installed : undefined;
}

/** Where the real Keycloak is, built for PostgreSQL with health and metrics: KEYCLOAK_HOME, else what was installed here; undefined where there is none. */
export const keycloakHome = (): string | undefined => named('KEYCLOAK_HOME', installedKeycloak, 'lib/quarkus/build-system.properties');

/** Folder with the jar files of an Infinispan server: INFINISPAN_LIB, else what was installed here; undefined where there is none. */
export const infinispanLib = (): string | undefined => named('INFINISPAN_LIB', installedInfinispan, '.complete');

/** The version that a package's manifest names. */
export const versionIn = (manifest: string): string => (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
