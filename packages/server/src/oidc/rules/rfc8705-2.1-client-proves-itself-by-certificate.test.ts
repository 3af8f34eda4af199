import { describe, expect, it } from 'vitest';
import type { Client } from '../../model/index.ts';
import { makeAuthority } from '../../testing/certificate-authority.ts';
import { type CertificateServer, certificateServer } from '../../testing/certificate-server.ts';

const SUBJECT = 'CN=service, OU=Machines, O=Example, C=DE';
const REFUSED = { status: 401, json: { error: 'invalid_client', error_description: 'Invalid client or Invalid client credentials' } };

const byCertificate = (attributes: Record<string, string>): Partial<Client> => ({
  clientAuthenticatorType: 'client-x509',
  serviceAccountsEnabled: true,
  attributes,
});

/** The password grant of a client that shows a certificate of this subject. */
async function ask(
  { root, call }: CertificateServer,
  subject = 'C=DE, O=Example, OU=Machines, CN=service',
  form: Record<string, string> = {},
) {
  const by = await root.issue({ subject });
  const { status, json } = await call('token', {
    by,
    form: { grant_type: 'password', client_id: 'app', username: 'alice', password: 'secret', ...form },
  });
  return status === 200 ? { status, json: {} } : { status, json };
}

describe('RFC 8705 section 2.1: tls_client_auth', () => {
  it.each([
    ['its subject as it is written', { 'x509.subjectdn': SUBJECT }],
    ['its subject in another spelling', { 'x509.subjectdn': 'cn=Service,ou=machines,o="Example",c=de' }],
    [
      'a pattern over the whole subject',
      { 'x509.subjectdn': 'CN=serv.*,O[^,]*,O=Example,C=DE', 'x509.allow.regex.pattern.comparison': 'true' },
    ],
    ['its subject and its authority', { 'x509.subjectdn': SUBJECT, 'x509.casubjectdn': 'O=Example,CN=Test Root' }],
  ])('lets a client in by %s', async (_what, attributes) => {
    await using server = await certificateServer(byCertificate(attributes));
    expect(await ask(server)).toEqual({ status: 200, json: {} });
  });

  it.each([
    ['another subject', {}, 'CN=other, OU=Machines, O=Example, C=DE'],
    ['one name more', {}, 'C=DE, O=Example, OU=Machines, OU=More, CN=service'],
    ['the names the other way round', {}, 'CN=service, OU=Machines, O=Example, C=DE'],
    ['no registered subject', { 'x509.subjectdn': '' }, undefined],
    ['a registered subject that is no name', { 'x509.subjectdn': 'service' }, undefined],
    ['a pattern that matches a part only', { 'x509.subjectdn': 'CN=service', 'x509.allow.regex.pattern.comparison': 'true' }, undefined],
    ['a pattern that is none', { 'x509.subjectdn': '(', 'x509.allow.regex.pattern.comparison': 'true' }, undefined],
    ['a pattern where patterns are off', { 'x509.subjectdn': '.*' }, undefined],
    ['another authority', { 'x509.casubjectdn': 'CN=Other Root' }, undefined],
    ['its own subject as authority', { 'x509.casubjectdn': SUBJECT }, undefined],
  ])('keeps a client out with %s', async (_what, attributes, subject) => {
    await using server = await certificateServer(byCertificate({ 'x509.subjectdn': SUBJECT, ...attributes }));
    expect(await ask(server, subject)).toEqual(REFUSED);
  });

  it('does not count the names of those above the certificate', async () => {
    await using server = await certificateServer(byCertificate({ 'x509.subjectdn': 'CN=service' }));
    const between = await server.root.subordinate({ subject: 'CN=service' });
    const user = await between.issue({ subject: 'CN=user' });
    const by = { ...user, pem: `${user.pem}\n${between.pem}` };
    const form = { grant_type: 'client_credentials', client_id: 'app' };
    expect((await server.call('token', { by, form })).status).toBe(401);
  });

  it('keeps out whoever shows none, or one that nobody vouches for, also with the secret of the client', async () => {
    await using server = await certificateServer(byCertificate({ 'x509.subjectdn': SUBJECT }));
    const form = { grant_type: 'client_credentials', client_id: 'app', client_secret: 'app-secret' };
    expect((await server.call('token', { form })).status).toBe(401);
    const stranger = await (await makeAuthority()).issue({ subject: 'C=DE, O=Example, OU=Machines, CN=service' });
    expect((await server.call('token', { by: stranger, form })).status).toBe(401);
  });

  it('is no way in for clients that are registered for another one', async () => {
    await using server = await certificateServer({ attributes: { 'x509.subjectdn': SUBJECT } });
    expect((await ask(server)).status).toBe(401);
    expect((await ask(server, undefined, { client_secret: 'app-secret' })).status).toBe(200);
  });

  it('counts at introspection and revocation, too', async () => {
    await using server = await certificateServer(byCertificate({ 'x509.subjectdn': SUBJECT }));
    const by = await server.root.issue({ subject: 'C=DE, O=Example, OU=Machines, CN=service' });
    for (const path of ['token/introspect', 'revoke']) {
      expect((await server.call(path, { by, form: { client_id: 'app', token: 'x' } })).status).toBe(200);
      expect((await server.call(path, { form: { client_id: 'app', token: 'x' } })).status).toBe(401);
    }
  });
});
