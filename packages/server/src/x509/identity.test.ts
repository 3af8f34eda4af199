import { expect, it } from 'vitest';
import { makeAuthority } from '../testing/certificate-authority.ts';
import { detailsOf } from './certificate-details.ts';
import { canonicalName, isNamed, printedName, registeredName } from './distinguished-name.ts';
import { identityIn } from './identity.ts';
import { x509Settings } from './settings.ts';

const authority = await makeAuthority('C=DE, O=Example, CN=Test Root');
const alice = await authority.issue({
  subject: 'C=DE, O=Example\\, Inc., OU=People, CN=Alice  Doe, E=alice@example.org',
  serial: '00ab12cd34',
  names: [
    { type: 'email', value: 'mail@example.org' },
    { type: 'upn', value: 'alice@corp.example' },
  ],
});
const read = (source: string, more: Record<string, string> = {}) =>
  identityIn(alice.certificate, x509Settings({ 'x509-cert-auth.mapping-source-selection': source, ...more }));
const pattern = (text: string) => ({ 'x509-cert-auth.regular-expression': text });

it.each([
  ["Subject's e-mail", ['alice@example.org']],
  ["Subject's Common Name", ['Alice  Doe']],
  ["Subject's Alternative Name E-mail", ['mail@example.org']],
  ["Subject's Alternative Name otherName (UPN)", ['alice@corp.example']],
  ['Certificate Serial Number', [BigInt('0xab12cd34').toString()]],
  ['Certificate Serial Number and IssuerDN', [BigInt('0xab12cd34').toString(), 'CN=Test Root, O=Example, C=DE']],
  ['SHA-256 Thumbprint', [alice.certificate.fingerprint256.replaceAll(':', '').toLowerCase()]],
  ['Full Certificate in PEM format', [alice.certificate.raw.toString('base64')]],
])('finds the identity in %s', (source, identity) => expect(read(source)).toEqual(identity));

it('matches a pattern with one group against the subject or the issuer, whatever the case', () => {
  expect(read('Match SubjectDN using regular expression', pattern('cn="?(.*?)"?(?:,|$)'))).toEqual(['Alice  Doe']);
  expect(read('Match SubjectDN using regular expression', pattern('emailaddress=(.*?)(?:,|$)'))).toEqual(['alice@example.org']);
  expect(read('Match IssuerDN using regular expression', pattern('CN=(.*?)(?:,|$)'))).toEqual(['Test Root']);
  for (const wrong of ['CN=.*', '(CN)=(.*)', 'UID=(.*)'])
    expect(read('Match SubjectDN using regular expression', pattern(wrong))).toBeUndefined();
});

it('writes serial numbers in hexadecimal and names canonically where it is told to', () => {
  expect(read('Certificate Serial Number', { 'x509-cert-auth.serialnumber-hex-enabled': 'true' })).toEqual(['ab12cd34']);
  expect(
    read('Match SubjectDN using regular expression', { ...pattern('cn=(.*?)(?:,|$)'), 'x509-cert-auth.canonical-dn-enabled': 'true' }),
  ).toEqual(['alice doe']);
});

it('writes names as Java does', () => {
  const { subject } = detailsOf(alice.certificate);
  expect(printedName(subject)).toBe('EMAILADDRESS=alice@example.org, CN="Alice  Doe", OU=People, O="Example, Inc.", C=DE');
  expect(canonicalName(subject)).toBe(
    '1.2.840.113549.1.9.1=#1611616c696365406578616d706c652e6f7267,cn=alice doe,ou=people,o=example\\, inc.,c=de',
  );
  expect(registeredName(subject)).toBe('emailAddress=alice@example.org,CN=Alice  Doe,OU=People,O=Example\\, Inc.,C=DE');
});

it('compares a written name by the rules for names', () => {
  const { subject } = detailsOf(alice.certificate);
  for (const same of [
    'emailAddress=alice@example.org,CN=Alice  Doe,OU=People,O=Example\\, Inc.,C=DE',
    'E=alice@example.org, cn=alice doe, ou=PEOPLE, o="Example, Inc.", c=DE',
    '1.2.840.113549.1.9.1=#1611616c696365406578616d706c652e6f7267,2.5.4.3=Alice Doe,OU=People,O=Example\\2C Inc.,C=DE',
  ])
    expect(isNamed(subject, same), same).toBe(true);
  for (const other of ['', 'CN=Alice Doe', 'C=DE,O=Example\\, Inc.,OU=People,CN=Alice Doe,E=alice@example.org', 'x=y', 'nonsense'])
    expect(isNamed(subject, other), other).toBe(false);
});

it('refuses settings whose words it does not know', () => {
  for (const config of [
    { 'x509-cert-auth.mapping-source-selection': 'Shoe size' },
    { 'x509-cert-auth.keyusage': 'digitalSignature,flying' },
    { 'x509-cert-auth.certificate-policy-mode': 'None' },
  ])
    expect(() => x509Settings(config)).toThrow('unknown value');
});
