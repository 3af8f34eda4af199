import type { BadCase, Endpoint, Fault, Material } from '../case.ts';
import { tampered, unsigned } from '../material.ts';

const path = '/realms/test/protocol/openid-connect/token';
const app = { client_id: 'app', client_secret: 'app-secret' } as const;
type Fields = Readonly<Record<string, string | undefined>>;

function token(endpoint: Endpoint, fault: Fault, name: string, fields: (material: Material) => Fields | Promise<Fields>): BadCase {
  return { endpoint, fault, name, request: async (material) => ({ path, form: await fields(material) }) };
}

const code = (fault: Fault, name: string, change: (material: Material, fresh: { code: string; verifier: string }) => Fields): BadCase =>
  token('token: code', fault, name, async (material) => {
    const fresh = await material.freshCode();
    return {
      ...app,
      grant_type: 'authorization_code',
      code: fresh.code,
      redirect_uri: 'http://localhost/callback',
      code_verifier: fresh.verifier,
      ...change(material, fresh),
    };
  });
const refresh = (fault: Fault, name: string, change: (material: Material) => Fields): BadCase =>
  token('token: refresh', fault, name, (material) => ({
    ...app,
    grant_type: 'refresh_token',
    refresh_token: material.refreshToken,
    ...change(material),
  }));
const password = (fault: Fault, name: string, change: Fields): BadCase =>
  token('token: password', fault, name, () => ({ ...app, grant_type: 'password', username: 'user5', password: 'password5', ...change }));
const client = (fault: Fault, name: string, change: Fields): BadCase =>
  token('token: client credentials', fault, name, () => ({ ...app, grant_type: 'client_credentials', ...change }));

const raw = (endpoint: Endpoint, fault: Fault, name: string, body: string, type = 'application/x-www-form-urlencoded'): BadCase => ({
  endpoint,
  fault,
  name,
  request: () => ({ path, method: 'POST', body, headers: { 'content-type': type } }),
});

/** The token endpoint, grant by grant. */
export const tokenCases: readonly BadCase[] = [
  code('missing parameter', 'no code', () => ({ code: undefined })),
  code('missing parameter', 'no redirect_uri', () => ({ redirect_uri: undefined })),
  code('missing parameter', 'no code_verifier', () => ({ code_verifier: undefined })),
  code('missing parameter', 'no client_secret', () => ({ client_secret: undefined })),
  code('wrong type', 'a code that is nonsense', () => ({ code: 'nonsense' })),
  code('wrong type', 'a code of the right form that nobody issued', () => ({
    code: '00000000-0000-0000-0000-000000000000.AAAAAAAAAAAAAAAAAAAAAAAA.00000000-0000-0000-0000-000000000000',
  })),
  code('wrong type', 'a wrong code_verifier', () => ({ code_verifier: 'b'.repeat(43) })),
  code('wrong type', 'a code_verifier that is too short', () => ({ code_verifier: 'short' })),
  code('oversized value', 'a code of 10,000 characters', () => ({ code: 'x'.repeat(10_000) })),
  code('wrong redirect URI', 'another redirect_uri than asked with', () => ({ redirect_uri: 'http://localhost/other' })),
  code('wrong credentials', 'a wrong secret', () => ({ client_secret: 'wrong' })),
  code('unknown object', 'another client than the code was issued to', () => ({ client_id: 'short' })),
  code('unknown object', 'an unknown client', () => ({ client_id: 'nobody' })),
  code('replayed', 'a code that was used', (material) => ({ code: material.usedCode })),
  code('foreign realm', 'a code of another realm', (material) => ({ code: material.foreignCode })),
  code('script in a value', 'a script as code', () => ({ code: '<script>alert(1)</script>' })),
  refresh('missing parameter', 'no refresh_token', () => ({ refresh_token: undefined })),
  refresh('wrong type', 'a refresh_token that is nonsense', () => ({ refresh_token: 'nonsense' })),
  refresh('wrong type', 'an access token in its place', (material) => ({ refresh_token: material.accessToken })),
  refresh('wrong type', 'a wider scope than granted', () => ({ scope: 'openid offline_access' })),
  refresh('forged token', 'a changed payload', (material) => ({ refresh_token: tampered(material.refreshToken, 1) })),
  refresh('forged token', 'a changed signature', (material) => ({ refresh_token: tampered(material.refreshToken, 2) })),
  refresh('forged token', 'alg none', (material) => ({ refresh_token: unsigned(material.refreshToken) })),
  refresh('foreign realm', 'a refresh token of another realm', (material) => ({ refresh_token: material.foreignRefreshToken })),
  refresh('expired', 'a session that was logged out', (material) => ({ refresh_token: material.loggedOutRefreshToken })),
  refresh('wrong credentials', 'another client', () => ({ client_id: 'short' })),
  refresh('oversized value', 'a token of 20,000 characters', () => ({ refresh_token: `${'x'.repeat(20_000)}.y.z` })),
  password('missing parameter', 'no username', { username: undefined }),
  password('missing parameter', 'no password', { password: undefined }),
  password('wrong credentials', 'a wrong password', { password: 'wrong' }),
  password('wrong credentials', 'an unknown user', { username: 'nobody' }),
  password('wrong type', 'a scope that does not exist', { scope: 'bogus-scope' }),
  password('unknown object', 'a client that may not', { client_id: 'second-app', client_secret: undefined }),
  password('oversized value', 'a user name of 10,000 characters', { username: 'x'.repeat(10_000) }),
  password('wrong encoding', 'a zero byte in the user name', { username: 'user\u00005' }),
  password('script in a value', 'a script as user name', { username: '<script>alert(1)</script>' }),
  client('missing parameter', 'no client_id', { client_id: undefined }),
  client('missing parameter', 'no grant_type', { grant_type: undefined }),
  client('missing parameter', 'no secret', { client_secret: undefined }),
  client('wrong type', 'an unknown grant_type', { grant_type: 'bogus' }),
  client('wrong type', 'a scope that does not exist', { scope: 'bogus-scope' }),
  client('wrong credentials', 'a wrong secret', { client_secret: 'wrong' }),
  client('unknown object', 'an unknown client', { client_id: 'nobody' }),
  client('unknown object', 'a disabled client', { client_id: 'disabled' }),
  client('unknown object', 'a public client', { client_id: 'second-app', client_secret: undefined }),
  client('oversized value', 'a client_id of 10,000 characters', { client_id: 'x'.repeat(10_000) }),
  client('script in a value', 'a script as grant_type', { grant_type: '<script>alert(1)</script>' }),
  raw(
    'token: client credentials',
    'doubled parameter',
    'two grant_type',
    'grant_type=client_credentials&grant_type=password&client_id=app&client_secret=app-secret',
  ),
  raw(
    'token: client credentials',
    'doubled parameter',
    'two client_id',
    'grant_type=client_credentials&client_id=app&client_id=short&client_secret=app-secret',
  ),
  raw(
    'token: client credentials',
    'wrong encoding',
    'a broken percent escape',
    'grant_type=client_credentials&client_id=app&client_secret=%E0%A4%A',
  ),
  raw('token: client credentials', 'wrong encoding', 'a JSON body', '{"grant_type":"client_credentials"}', 'application/json'),
  raw('token: client credentials', 'wrong encoding', 'a multipart body', '--x--', 'multipart/form-data; boundary=x'),
  raw('token: client credentials', 'missing parameter', 'an empty body', ''),
  raw(
    'token: refresh',
    'doubled parameter',
    'two refresh_token',
    'grant_type=refresh_token&client_id=app&client_secret=app-secret&refresh_token=a&refresh_token=b',
  ),
  raw(
    'token: password',
    'doubled parameter',
    'two username',
    'grant_type=password&client_id=app&client_secret=app-secret&username=user5&username=user6&password=password5',
  ),
  raw('token: code', 'doubled parameter', 'two code', 'grant_type=authorization_code&client_id=app&client_secret=app-secret&code=a&code=b'),
  {
    endpoint: 'token: client credentials',
    fault: 'wrong method',
    name: 'GET',
    request: () => ({ path: `${path}?grant_type=client_credentials&client_id=app&client_secret=app-secret` }),
  },
  {
    endpoint: 'token: client credentials',
    fault: 'wrong credentials',
    name: 'basic authentication that is no base64',
    request: () => ({ path, form: { grant_type: 'client_credentials' }, headers: { authorization: 'Basic !!!' } }),
  },
  {
    endpoint: 'token: client credentials',
    fault: 'wrong credentials',
    name: 'basic authentication without a colon',
    request: () => ({
      path,
      form: { grant_type: 'client_credentials' },
      headers: { authorization: `Basic ${Buffer.from('app').toString('base64')}` },
    }),
  },
  {
    endpoint: 'token: client credentials',
    fault: 'unknown object',
    name: 'an unknown realm',
    request: () => ({ path: '/realms/nowhere/protocol/openid-connect/token', form: { ...app, grant_type: 'client_credentials' } }),
  },
];
