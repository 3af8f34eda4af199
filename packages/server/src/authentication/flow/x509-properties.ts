import { DEFAULT_ATTRIBUTE, DEFAULT_CRL, DEFAULT_PATTERN, identitySources, userMappers } from '../../x509/settings.ts';
import type { ProviderProperty } from './providers.ts';

const flag = (name: string, label: string, helpText: string, defaultValue?: string): ProviderProperty => ({
  name,
  label,
  helpText,
  type: 'boolean',
  ...(defaultValue === undefined ? {} : { defaultValue }),
});
const text = (
  name: string,
  label: string,
  helpText: string,
  type: ProviderProperty['type'] = 'String',
  defaultValue?: string,
): ProviderProperty => ({
  name,
  label,
  helpText,
  type,
  ...(defaultValue === undefined ? {} : { defaultValue }),
});

/** Settings of both X.509 steps, with Keycloak's names and labels. */
export const x509Properties: readonly ProviderProperty[] = [
  {
    name: 'x509-cert-auth.mapping-source-selection',
    label: 'User Identity Source',
    helpText: 'The part of the certificate that names the user.',
    type: 'List',
    defaultValue: identitySources[0],
    options: identitySources,
  },
  flag(
    'x509-cert-auth.canonical-dn-enabled',
    'Canonical DN representation enabled',
    'Reads names in their canonical spelling: lower case, one space.',
    'false',
  ),
  flag(
    'x509-cert-auth.serialnumber-hex-enabled',
    'Enable Serial Number hexadecimal representation',
    'Reads serial numbers in hexadecimal.',
    'false',
  ),
  text(
    'x509-cert-auth.regular-expression',
    'A regular expression to extract user identity',
    'Applied to a name; it must have one group, which is the identity.',
    'String',
    DEFAULT_PATTERN,
  ),
  {
    name: 'x509-cert-auth.mapper-selection',
    label: 'User mapping method',
    helpText: 'How the user of an identity is found.',
    type: 'List',
    defaultValue: userMappers[0],
    options: userMappers,
  },
  text(
    'x509-cert-auth.mapper-selection.user-attribute-name',
    'A name of user attribute',
    'The attribute that holds the identity; two where the identity is a serial number and an issuer.',
    'MultivaluedString',
    DEFAULT_ATTRIBUTE,
  ),
  flag(
    'x509-cert-auth.timestamp-validation-enabled',
    'Check certificate validity',
    'Refuses certificates before and after their time.',
    'true',
  ),
  flag('x509-cert-auth.crl-checking-enabled', 'CRL Checking Enabled', 'Looks for the certificate in revocation lists.'),
  flag(
    'x509-cert-auth.crldp-checking-enabled',
    'Enable CRL Distribution Point to check certificate revocation status',
    'Takes the list from where the certificate says that it is.',
    'false',
  ),
  text(
    'x509-cert-auth.crl-relative-path',
    'CRL Path',
    'Lists by http(s) address, or by file under conf/, where the certificate is not asked for them.',
    'MultivaluedString',
    DEFAULT_CRL,
  ),
  flag(
    'x509-cert-auth-crl-abort-if-non-updated',
    'CRL abort if non updated',
    'Refuses everybody while a list is older than it says it may be.',
    'true',
  ),
  flag('x509-cert-auth.ocsp-checking-enabled', 'OCSP Checking Enabled', 'Asks a responder about the certificate.'),
  flag('x509-cert-auth.ocsp-fail-open', 'OCSP Fail-Open Behavior', 'Lets pass where no responder gives an answer.', 'false'),
  text('x509-cert-auth.ocsp-responder-uri', 'OCSP Responder Uri', 'The responder; empty: the one that the certificate names.'),
  text(
    'x509-cert-auth.ocsp-responder-certificate',
    'OCSP Responder Certificate',
    'Certificate of the responder where it is neither the issuer nor made a responder by it: PEM without its first and last line.',
    'Text',
  ),
  text('x509-cert-auth.keyusage', 'Validate Key Usage', 'Bits of the key usage that must be set, with commas between.'),
  text(
    'x509-cert-auth.extendedkeyusage',
    'Validate Extended Key Usage',
    'Purposes that must be there, by their identifiers, with commas between.',
  ),
  flag('x509-cert-auth.confirmation-page-disallowed', 'Bypass identity confirmation', 'Logs in without a question.'),
  flag(
    'x509-cert-auth.revalidate-certificate-enabled',
    'Revalidate Client Certificate',
    'Looks for the authority in the trust stores again.',
  ),
  text(
    'x509-cert-auth.certificate-policy',
    'Validate Certificate Policy',
    'Policies that must be there, by their identifiers, with commas between.',
  ),
  {
    name: 'x509-cert-auth.certificate-policy-mode',
    label: 'Certificate Policy Validation Mode',
    helpText: 'Whether all of them must be there, or one.',
    type: 'List',
    defaultValue: 'All',
    options: ['All', 'Any'],
  },
];
