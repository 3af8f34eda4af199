import type { BadCase, Fault } from '../case.ts';

const good = { client_id: 'app', redirect_uri: 'http://localhost/callback', response_type: 'code', scope: 'openid', state: 's1' } as const;

function auth(fault: Fault, name: string, change: Readonly<Record<string, string | undefined>>, extra = ''): BadCase {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...good, ...change })) if (value !== undefined) query.append(key, value);
  return { endpoint: 'auth', fault, name, request: () => ({ path: `/realms/test/protocol/openid-connect/auth?${query}${extra}` }) };
}

const redirect = (name: string, uri: string): BadCase => auth('wrong redirect URI', name, { redirect_uri: uri });

/** The authorization endpoint. */
export const authCases: readonly BadCase[] = [
  auth('missing parameter', 'no client_id', { client_id: undefined }),
  auth('missing parameter', 'no response_type', { response_type: undefined }),
  auth('missing parameter', 'no redirect_uri', { redirect_uri: undefined }),
  auth('missing parameter', 'empty client_id', { client_id: '' }),
  auth('missing parameter', 'code_challenge_method without a challenge for a client that demands PKCE', {
    client_id: 'spa',
    redirect_uri: 'http://localhost/spa/x',
    code_challenge_method: 'S256',
  }),
  auth('doubled parameter', 'two client_id', {}, '&client_id=app'),
  auth('doubled parameter', 'two different redirect_uri', {}, '&redirect_uri=http%3A%2F%2Fevil.example'),
  auth('doubled parameter', 'two state', {}, '&state=other'),
  auth('oversized value', 'a state of 5,000 characters', { state: 'x'.repeat(5000) }),
  auth('oversized value', 'a nonce of 5,000 characters', { nonce: 'x'.repeat(5000) }),
  auth('wrong type', 'an unknown response_type', { response_type: 'bogus' }),
  auth('wrong type', 'response_type token where the implicit flow is off', { response_type: 'token' }),
  auth('wrong type', 'an unknown response_mode', { response_mode: 'bogus' }),
  auth('wrong type', 'response_mode query with response_type token', { response_type: 'token', response_mode: 'query' }),
  auth('wrong type', 'an unknown prompt', { prompt: 'bogus' }),
  auth('wrong type', 'prompt=none with nobody logged in', { prompt: 'none' }),
  auth('wrong type', 'an unknown code_challenge_method', { code_challenge: 'a'.repeat(43), code_challenge_method: 'S999' }),
  auth('wrong type', 'a code_challenge that is too short', { code_challenge: 'abc', code_challenge_method: 'S256' }),
  auth('wrong type', 'plain where the client demands S256', {
    client_id: 'spa',
    redirect_uri: 'http://localhost/spa/x',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'plain',
  }),
  auth('wrong type', 'an unknown scope', { scope: 'openid bogus-scope' }),
  auth('wrong type', 'a max_age that is no number', { max_age: 'soon' }),
  auth('wrong type', 'a request object that is no JWT', { request: 'nonsense' }),
  auth('wrong encoding', 'a broken percent escape', {}, '&login_hint=%E0%A4%A'),
  auth('wrong encoding', 'a zero byte in login_hint', {}, '&login_hint=a%00b'),
  {
    endpoint: 'auth',
    fault: 'wrong method',
    name: 'PUT',
    request: () => ({ path: '/realms/test/protocol/openid-connect/auth', method: 'PUT', form: good }),
  },
  {
    endpoint: 'auth',
    fault: 'wrong method',
    name: 'POST with a JSON body',
    request: () => ({ path: '/realms/test/protocol/openid-connect/auth', method: 'POST', json: good }),
  },
  auth('unknown object', 'an unknown client', { client_id: 'nobody' }),
  auth('unknown object', 'a disabled client', { client_id: 'disabled' }),
  {
    endpoint: 'auth',
    fault: 'unknown object',
    name: 'an unknown realm',
    request: () => ({ path: `/realms/nowhere/protocol/openid-connect/auth?${new URLSearchParams(good)}` }),
  },
  {
    endpoint: 'auth',
    fault: 'foreign realm',
    name: 'a client of another realm',
    request: () => ({ path: `/realms/foreign/protocol/openid-connect/auth?${new URLSearchParams({ ...good, client_id: 'spa' })}` }),
  },
  redirect('another host', 'http://evil.example/callback'),
  redirect('another port', 'http://localhost:1/callback'),
  redirect('another scheme', 'https://localhost/callback'),
  redirect('a longer path', 'http://localhost/callback/more'),
  redirect('credentials in front of the host', 'http://localhost@evil.example/callback'),
  redirect('an encoded dot segment', 'http://localhost/callback/%2e%2e/other'),
  redirect('a dot segment', 'http://localhost/callback/../other'),
  redirect('a dot segment under a wildcard', 'http://localhost/spa/../other'),
  redirect('a script', 'javascript:alert(1)'),
  redirect('a data URL', 'data:text/html,x'),
  redirect('no scheme', '//localhost/callback'),
  redirect('a relative path', '/callback'),
  redirect('a backslash host', 'http:\\\\localhost\\callback'),
  redirect('a trailing newline', 'http://localhost/callback\n'),
  redirect('an encoded slash host', 'http://localhost%2f@evil.example/callback'),
  redirect('a host that begins alike', 'http://localhost.evil.example/callback'),
  redirect('double encoding', 'http://localhost/%2563allback'),
  {
    endpoint: 'auth',
    fault: 'wrong redirect URI',
    name: 'an encoded dot segment under a wildcard',
    request: () => ({
      path: `/realms/test/protocol/openid-connect/auth?${new URLSearchParams({ ...good, client_id: 'spa', redirect_uri: 'http://localhost/spa/%2e%2e/other', code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' })}`,
    }),
  },
  auth('script in a value', 'a script as client_id', { client_id: '<script>alert(1)</script>' }),
  auth('script in a value', 'a script as redirect_uri', { redirect_uri: '"><script>alert(1)</script>' }),
  auth('script in a value', 'a script as login_hint', { login_hint: '"><script>alert(1)</script>' }),
  auth('script in a value', 'a script as state with form_post', {
    response_mode: 'form_post',
    prompt: 'none',
    state: '"><script>alert(1)</script>',
  }),
];
