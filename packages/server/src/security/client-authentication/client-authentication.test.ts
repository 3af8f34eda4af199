import { describe, expect, it } from 'vitest';
import type { Client } from '../../model/index.ts';
import { clientFixture, realmFixture } from '../../testing/fixtures.ts';
import { clientSecretAuthenticator } from './client-secret.ts';
import { createClientAuthentication } from './index.ts';

const realm = realmFixture();

async function verdict(client: Partial<Client>, form: Record<string, string>, authorization?: string) {
  const stored = clientFixture(realm, client);
  const directory = { clientByClientId: async (_realm: unknown, id: string) => (id === stored.clientId ? stored : undefined) };
  const authentication = createClientAuthentication(directory, [clientSecretAuthenticator]);
  const credentials = { headers: { authorization }, form: new Map(Object.entries(form)), issuer: 'https://id.example/realms/test' };
  const outcome = await authentication.authenticate(realm, credentials);
  return outcome.ok ? outcome.method : outcome.kind;
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const post = { client_id: 'app', client_secret: 'app-secret' };

describe('client authentication', () => {
  it('accepts the secret by header and by form', async () => {
    expect(await verdict({}, {}, basic('app:app-secret'))).toBe('client_secret_basic');
    expect(await verdict({}, post)).toBe('client_secret_post');
    expect(await verdict({}, {}, basic('app:app-secret').replace('Basic', 'basic'))).toBe('client_secret_basic');
  });

  it('decodes both halves of the header as a form does, and takes broken escapes as they are', async () => {
    expect(await verdict({ secret: 'ä+b c:d%' }, {}, basic('app:%C3%A4%2Bb+c:d%25'))).toBe('client_secret_basic');
    expect(await verdict({ secret: '100%' }, {}, basic('app:100%'))).toBe('client_secret_basic');
  });

  it('lets the form speak before the header', async () => {
    expect(await verdict({}, { client_secret: 'wrong' }, basic('app:app-secret'))).toBe('bad-credentials');
    expect(await verdict({}, { client_id: 'other' }, basic('app:app-secret'))).toBe('unknown');
  });

  it.each([
    ['a wrong secret', { ...post, client_secret: 'app-secreT' }],
    ['an empty secret', { ...post, client_secret: '' }],
    ['a secret with something behind it', { ...post, client_secret: 'app-secret ' }],
    ['no secret', { client_id: 'app' }],
  ])('refuses %s', async (_name, form) => {
    expect(await verdict({}, form)).toBe('bad-credentials');
  });

  it('takes the secret in the one way that the client registered for', async () => {
    const attributes = (method: string) => ({ attributes: { 'client.secret.authentication.allowed.method': method } });
    expect(await verdict(attributes('client_secret_post'), post)).toBe('client_secret_post');
    expect(await verdict(attributes('client_secret_post'), {}, basic('app:app-secret'))).toBe('bad-credentials');
    expect(await verdict(attributes('client_secret_basic'), {}, basic('app:app-secret'))).toBe('client_secret_basic');
    expect(await verdict(attributes('client_secret_basic'), post)).toBe('bad-credentials');
    expect(await verdict(attributes(''), post)).toBe('client_secret_post');
  });

  it('never takes an empty secret for the missing one of a client', async () => {
    expect(await verdict({ secret: '' }, { client_id: 'app', client_secret: '' })).toBe('bad-credentials');
    expect(await verdict({ secret: undefined }, { client_id: 'app', client_secret: '' })).toBe('bad-credentials');
  });

  it('wants nothing of public clients but the name', async () => {
    expect(await verdict({ publicClient: true, secret: undefined }, { client_id: 'app' })).toBe('none');
    expect(await verdict({ publicClient: true }, { ...post, client_secret: 'whatever' })).toBe('none');
  });

  it('does not take a secret from a client that is to authenticate in another way', async () => {
    expect(await verdict({ clientAuthenticatorType: 'client-x509' }, post)).toBe('bad-credentials');
  });

  it('knows disabled, bearer-only, foreign-protocol and unknown clients', async () => {
    expect(await verdict({ enabled: false }, post)).toBe('disabled');
    expect(await verdict({ bearerOnly: true }, post)).toBe('bearer-only');
    expect(await verdict({ bearerOnly: true }, { ...post, client_secret: 'x' })).toBe('bad-credentials');
    expect(await verdict({ protocol: 'saml' }, post)).toBe('unknown');
    expect(await verdict({}, { client_id: 'nobody' })).toBe('unknown');
    expect(await verdict({}, {})).toBe('unknown');
  });

  it.each([
    'Basic',
    'Basic ',
    'Basic !!!',
    `Basic ${Buffer.from('app').toString('base64')}`,
    'Bearer x',
    basic('app:app-secret').slice(1),
    basic(`${'x'.repeat(9_000)}:y`),
    basic('app\0:app-secret'),
    basic('app%00:app-secret'),
  ])('finds no client in the header %j', async (header) => {
    expect(await verdict({}, {}, header)).toBe('unknown');
  });
});
