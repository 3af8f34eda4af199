import { arch, availableParallelism, release, type, userInfo } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { CONSOLE_LOCALES } from '@keygrid/console';
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { mapperToRepresentation } from '../realm/client-scope-representation.ts';
import { defaultClientScopes } from '../realm/default-client-scopes.ts';
import type { Representation } from '../realm/fields.ts';
import { policyProviders } from '../registration-policies/providers.ts';
import { administratorOf, rolesOver } from './administrator.ts';
import { forbidden } from './answers.ts';
import { clientInstallationTypes } from './client-installation.ts';
import { componentTypes } from './component-types.ts';
import { anyAdministrator, isMet } from './endpoint-permissions.ts';
import { eventEnums } from './event-enums.ts';
import { mapperTypesByProtocol } from './mapper-types.ts';
import { passwordPolicyTypes } from './password-policy-types.ts';
import type { ClusterInfo, ServerFacts, SessionInfo } from './server-facts.ts';

const symmetric = ['HS256', 'HS384', 'HS512'] as const;
const asymmetric = ['ES256', 'ES384', 'ES512', 'EdDSA', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'] as const;

/** GET /admin/serverinfo: what the console shows of the server and builds its forms from. All operational values are texts. */
export function registerServerInfo(app: FastifyInstance, context: ServerContext, facts: ServerFacts): void {
  app.get('/admin/serverinfo', async (request) => {
    const admin = await administratorOf(context, request);
    if (!isMet(anyAdministrator, await rolesOver(context, admin, admin.realm))) throw forbidden();
    const features = facts.features();
    return {
      systemInfo: systemInfo(facts, context.clock.nowMs()),
      cpuInfo: { processorCount: availableParallelism() },
      memoryInfo: memoryInfo(),
      profileInfo: {
        name: 'default',
        disabledFeatures: features.filter((feature) => !feature.enabled).map((feature) => feature.name),
        previewFeatures: features.filter((feature) => feature.type.startsWith('PREVIEW')).map((feature) => feature.name),
        experimentalFeatures: features.filter((feature) => feature.type === 'EXPERIMENTAL').map((feature) => feature.name),
      },
      features: features.map((feature) => ({ dependencies: [], ...feature })),
      cryptoInfo: {
        cryptoProvider: 'OpenSSL',
        supportedKeystoreTypes: [],
        clientSignatureSymmetricAlgorithms: symmetric,
        clientSignatureAsymmetricAlgorithms: asymmetric,
      },
      themes: themes(context),
      socialProviders: [],
      identityProviders: [],
      clientImporters: [],
      providers: providers(await facts.clusterInfo(), facts.sessionInfo),
      protocolMapperTypes: mapperTypesByProtocol(),
      builtinProtocolMappers: { 'openid-connect': builtInMappers(), saml: [] },
      clientInstallations: { 'openid-connect': clientInstallationTypes, saml: [] },
      componentTypes: componentTypes(),
      passwordPolicies: passwordPolicyTypes,
      enums: eventEnums,
      parameterizedScopeTypes: [],
    };
  });
}

function systemInfo({ version, startedAtMs }: ServerFacts, nowMs: number): Representation {
  const uptimeMillis = Math.max(0, nowMs - startedAtMs);
  const seconds = Math.floor(uptimeMillis / 1_000);
  const parts = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const units = ['day', 'hour', 'minute', 'second'];
  return {
    version,
    serverTime: new Date(nowMs).toUTCString(),
    uptime: parts.map((part, at) => `${part} ${units[at]}${part === 1 ? '' : 's'}`).join(', '),
    uptimeMillis,
    osName: type(),
    osArchitecture: arch(),
    osVersion: release(),
    fileEncoding: 'UTF-8',
    userName: userName(),
    userTimezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    userLocale: 'en',
  };
}

/** A user id without an entry has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}

function memoryInfo(): Representation {
  const { heap_size_limit: total, used_heap_size: used } = getHeapStatistics();
  const free = total - used;
  const formatted = (bytes: number): string => `${Math.floor(bytes / 1_048_576)} MB`;
  return {
    total,
    totalFormated: formatted(total),
    used,
    usedFormated: formatted(used),
    free,
    freePercentage: Math.round((free / total) * 100),
    freeFormated: formatted(free),
  };
}

/** Mappers that may be added ready-made: those that the client scopes of every realm begin with. */
function builtInMappers(): readonly Representation[] {
  return defaultClientScopes('').flatMap(({ protocol, protocolMappers }) =>
    protocol === 'openid-connect'
      ? protocolMappers.map((mapper) => {
          const { id: _, ...shown } = mapperToRepresentation(mapper);
          return shown;
        })
      : [],
  );
}

function themes({ themes: known }: ServerContext): Representation {
  const plain = [{ name: 'keygrid' }];
  const own = [{ name: 'keygrid', locales: CONSOLE_LOCALES }];
  return { login: known.list('login'), account: own, admin: own, email: known.list('email'), welcome: plain, common: plain };
}

/** Provider lists by SPI. The console reads some of them unasked; those of features that are not here are empty. */
function providers({ product, version, clusterSize, connectionCount, caches }: ClusterInfo, sessions: SessionInfo): Representation {
  const named = (...ids: readonly string[]) => ({ internal: true, providers: Object.fromEntries(ids.map((id) => [id, { order: 0 }])) });
  const one = (id: string, operationalInfo: Readonly<Record<string, string>>) => ({
    internal: true,
    providers: { [id]: { order: 0, operationalInfo } },
  });
  const health = Object.fromEntries(Object.entries(caches).map(([name, state]) => [`${name}:Cache`, state]));
  const counts: Readonly<Record<string, string>> =
    clusterSize === undefined ? { connectionCount: String(connectionCount ?? 0) } : { clusterSize: String(clusterSize) };
  return {
    authenticationSessions: named('infinispan'),
    cekmanagement: named(),
    'client-authenticator': named('client-secret'),
    'client-registration': named('default', 'openid-connect'),
    'client-registration-policy': named(...policyProviders.keys()),
    clientSignature: named(...symmetric, ...asymmetric),
    connectionsInfinispan: one('default', { product, version, ...counts, ...health }),
    contentencryption: named(),
    hash: named('SHA-256', 'SHA-384', 'SHA-512'),
    'login-protocol': named('openid-connect'),
    loginFailure: named('infinispan'),
    'password-hashing': named('argon2', 'pbkdf2', 'pbkdf2-sha256', 'pbkdf2-sha512'),
    signature: named(...symmetric, ...asymmetric),
    singleUseObject: one('infinispan', { persistRevokedTokens: String(sessions.persistRevokedTokens) }),
    stickySessionEncoder: named('infinispan'),
    userSessions: one('infinispan', {
      useCaches: String(sessions.useCaches),
      sessionExpirationPeriod: String(sessions.expirationPeriodSeconds),
    }),
  };
}
