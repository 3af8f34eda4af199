// node-oidc-provider under the paths of a realm, so that the same drivers can ask it: node peer-process.ts PORT memory|postgres|redis USERS [URL]
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { hash } from '@node-rs/argon2';
import Provider, { type Configuration, type JWK } from 'oidc-provider';
import { benchUser } from '../drivers/login-walk.ts';
import { addPasswordGrant } from './password-grant.ts';
import { postgresAdapter } from './postgres-adapter.ts';
import { redisAdapter } from './redis-adapter.ts';

/** The library's own number; its enum cannot be had without a build. */
const ARGON2ID = 2;
const MOUNT = '/realms/bench';
const PROTOCOL = '/protocol/openid-connect';
const [port = '0', kind = 'memory', userCount = '1', url = ''] = process.argv.slice(2);

function key(type: 'rsa' | 'ec'): JWK {
  const pair = type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...(pair.privateKey.export({ format: 'jwk' }) as JWK), use: 'sig', alg: type === 'rsa' ? 'RS256' : 'ES256' };
}

const users = new Map<string, string>();
for (let user = 0; user < Number(userCount); user += 1) {
  const { username, password } = benchUser(user);
  users.set(username, await hash(password, { algorithm: ARGON2ID, memoryCost: 7_168, timeCost: 5, parallelism: 1 }));
}

const client = (clientId: string, more: object) => ({
  client_id: clientId,
  client_secret: 'app-secret',
  redirect_uris: ['http://localhost/callback'],
  token_endpoint_auth_method: 'client_secret_post' as const,
  ...more,
});
const resource = (algorithm: 'RS256' | 'ES256') => ({
  scope: 'api',
  accessTokenFormat: 'jwt' as const,
  jwt: { sign: { alg: algorithm } },
});

const adapter = kind === 'postgres' ? await postgresAdapter(url) : kind === 'redis' ? redisAdapter(url) : undefined;
const configuration: Configuration = {
  ...(adapter === undefined ? {} : { adapter }),
  jwks: { keys: [key('rsa'), key('ec')] },
  cookies: { keys: ['a key of a benchmark'] },
  clients: [
    client('app', { grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'password'] }),
    client('es256-app', {
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      id_token_signed_response_alg: 'ES256',
    }),
  ],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      // The other servers give signed access tokens; so does this one where a client asks for itself.
      defaultResource: (ctx) =>
        ctx.oidc.params?.['grant_type'] === 'client_credentials' ? 'urn:bench:api' : (undefined as unknown as string),
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, _resource, asking) => resource(asking.clientId === 'es256-app' ? 'ES256' : 'RS256'),
    },
  },
  issueRefreshToken: () => true,
  rotateRefreshToken: false,
  ttl: { AccessToken: 3_600, RefreshToken: 3_600, ClientCredentials: 3_600, Grant: 3_600, IdToken: 3_600 },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, preferred_username: sub }) }),
  routes: {
    authorization: `${PROTOCOL}/auth`,
    token: `${PROTOCOL}/token`,
    introspection: `${PROTOCOL}/token/introspect`,
    revocation: `${PROTOCOL}/revoke`,
    userinfo: `${PROTOCOL}/userinfo`,
    jwks: `${PROTOCOL}/certs`,
  },
};

const provider = new Provider(`http://127.0.0.1:${port}${MOUNT}`, configuration);
addPasswordGrant(provider, users);
const handle = provider.callback();
createServer((request: IncomingMessage & { originalUrl?: string; baseUrl?: string }, response) => {
  const asked = request.url ?? '/';
  if (asked === '/health/ready') return void response.end('{"status":"UP"}');
  request.originalUrl = asked;
  request.baseUrl = MOUNT;
  request.url = asked.startsWith(MOUNT) ? asked.slice(MOUNT.length) || '/' : asked;
  handle(request, response);
}).listen(Number(port), '127.0.0.1');
