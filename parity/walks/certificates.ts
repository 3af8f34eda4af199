import { shown } from '../certificates.ts';
import type { Talk } from '../talk.ts';
import type { Family, Walk } from '../walk.ts';

const walk = (realm: string, run: Walk['run']): Walk => ({ realm, run });
const MAPPING = 'x509-cert-auth.mapping-source-selection';
const MAPPER = 'x509-cert-auth.mapper-selection';
const ATTRIBUTE = 'x509-cert-auth.mapper-selection.user-attribute-name';
const BY_NAME = { [MAPPING]: "Subject's Common Name", [MAPPER]: 'Username or Email' };
type Config = Readonly<Record<string, string>>;

/** Adds a step that reads certificates to a flow; gives a setter for its settings. */
async function certificateStep(talk: Talk, alias: string, provider: string, place: object): Promise<(config: Config) => Promise<void>> {
  const path = `/authentication/flows/${alias}/executions`;
  await talk.admin('', 'POST', `${path}/execution`, { provider });
  const steps = JSON.parse((await talk.admin('', 'GET', path)).text) as { id: string; providerId?: string }[];
  const step = steps.find(({ providerId }) => providerId === provider);
  await talk.admin('', 'PUT', path, { ...step, ...place });
  const named = { alias: `${alias} settings` };
  const made = await talk.admin('', 'POST', `/authentication/executions/${step?.id}/config`, { ...named, config: BY_NAME });
  const id = made.headers.location?.split('/').at(-1) ?? '';
  return async (config) => {
    await talk.admin('', 'PUT', `/authentication/config/${id}`, { id, ...named, config: { ...BY_NAME, ...config } });
  };
}

/** Whom a certificate names: settings -> name of the step. */
const sources: Readonly<Record<string, Config>> = {
  'by common name': {},
  'by address of the subject': { [MAPPING]: "Subject's e-mail" },
  'by alternative address': { [MAPPING]: "Subject's Alternative Name E-mail" },
  'by principal name': { [MAPPING]: "Subject's Alternative Name otherName (UPN)" },
  'by pattern': { [MAPPING]: 'Match SubjectDN using regular expression', 'x509-cert-auth.regular-expression': 'CN=(.*?)(?:,|$)' },
  'by pattern that fits nothing': {
    [MAPPING]: 'Match SubjectDN using regular expression',
    'x509-cert-auth.regular-expression': 'UID=(.*?),',
  },
  'by issuer': { [MAPPING]: 'Match IssuerDN using regular expression', 'x509-cert-auth.regular-expression': 'O=(.*?)(?:,|$)' },
  'by serial number': { [MAPPING]: 'Certificate Serial Number', [MAPPER]: 'Custom Attribute Mapper', [ATTRIBUTE]: 'serial' },
  'by serial number, hexadecimal': {
    [MAPPING]: 'Certificate Serial Number',
    [MAPPER]: 'Custom Attribute Mapper',
    [ATTRIBUTE]: 'hexadecimal',
    'x509-cert-auth.serialnumber-hex-enabled': 'true',
  },
  'by serial number and issuer': {
    [MAPPING]: 'Certificate Serial Number and IssuerDN',
    [MAPPER]: 'Custom Attribute Mapper',
    [ATTRIBUTE]: 'serial##issuer',
  },
  'by serial number and issuer, without spaces': {
    [MAPPING]: 'Certificate Serial Number and IssuerDN',
    [MAPPER]: 'Custom Attribute Mapper',
    [ATTRIBUTE]: 'serial##compact',
  },
  'by serial number and issuer, the first name first': {
    [MAPPING]: 'Certificate Serial Number and IssuerDN',
    [MAPPER]: 'Custom Attribute Mapper',
    [ATTRIBUTE]: 'serial##forward',
  },
  'by serial number and issuer, canonical': {
    [MAPPING]: 'Certificate Serial Number and IssuerDN',
    [MAPPER]: 'Custom Attribute Mapper',
    [ATTRIBUTE]: 'serial##canonical',
    'x509-cert-auth.canonical-dn-enabled': 'true',
  },
  'by an attribute that two have': { [MAPPER]: 'Custom Attribute Mapper', [ATTRIBUTE]: 'twice' },
  'with key usage': { 'x509-cert-auth.keyusage': 'digitalSignature' },
  'with other key usage': { 'x509-cert-auth.keyusage': 'keyEncipherment' },
  'with extended key usage': { 'x509-cert-auth.extendedkeyusage': '1.3.6.1.5.5.7.3.2' },
  'with other extended key usage': { 'x509-cert-auth.extendedkeyusage': '1.3.6.1.5.5.7.3.1' },
  'with policy': { 'x509-cert-auth.certificate-policy': '1.2.3.4' },
  'with other policy': { 'x509-cert-auth.certificate-policy': '1.2.3.5' },
  'with one of two policies': { 'x509-cert-auth.certificate-policy': '1.2.3.4,1.2.3.5', 'x509-cert-auth.certificate-policy-mode': 'Any' },
  'with both of two policies': { 'x509-cert-auth.certificate-policy': '1.2.3.4,1.2.3.5', 'x509-cert-auth.certificate-policy-mode': 'All' },
};

/** Certificates that are shown with the plain settings. */
const strangers = ['plain', 'nobody', 'nameless', 'disabled', 'expired', 'early', 'foreigner', 'no certificate'];

/** Makes the users whom certificates name by their attributes. */
async function users(talk: Talk): Promise<void> {
  const give = async (name: string, attributes: Readonly<Record<string, readonly string[]>>): Promise<void> => {
    const known = await talk.admin('', 'GET', await talk.userPath(name, ''));
    await talk.admin('', 'PUT', await talk.userPath(name, ''), { ...(JSON.parse(known.text) as object), attributes });
  };
  const issuer = {
    issuer: ['CN=Authority, O=Example'],
    compact: ['CN=Authority,O=Example'],
    forward: ['O=Example,CN=Authority'],
    canonical: ['cn=authority,o=example'],
  };
  await give('user4', { serial: ['74'], hexadecimal: ['4a'], ...issuer, twice: ['user0'] });
  await give('user5', { twice: ['user0'] });
}

const browser = 'parity-certificates';
const direct = 'parity-certificates-direct';

export const certificates: Family = {
  'direct grant': walk(direct, async (talk) => {
    await users(talk);
    await talk.admin('', 'POST', '/authentication/flows', {
      alias: 'by-certificate',
      providerId: 'basic-flow',
      topLevel: true,
      builtIn: false,
    });
    const set = await certificateStep(talk, 'by-certificate', 'direct-grant-auth-x509-username', { requirement: 'REQUIRED' });
    await talk.admin('', 'PUT', '', { directGrantFlow: 'by-certificate' });
    const grant = (name: string, certificate: string | undefined) =>
      talk.token(name, { grant_type: 'password', scope: 'openid' }, undefined, certificate === undefined ? {} : shown(certificate));
    for (const [name, config] of Object.entries(sources)) {
      await set(config);
      await grant(name, 'user0');
    }
    await set({});
    for (const name of strangers) await grant(name, name);
    await grant('nothing shown', undefined);
    await set({ 'x509-cert-auth.timestamp-validation-enabled': 'false' });
    await grant('expired, where time does not count', 'expired');
    await set({ 'x509-cert-auth.revalidate-certificate-enabled': 'true' });
    await grant('checked against the authorities', 'user0');
    await grant('foreigner, checked against the authorities', 'foreigner');
  }),
  browser: walk(browser, async (talk) => {
    await talk.admin('', 'POST', '/authentication/flows/browser/copy', { newName: 'by-certificate' });
    const set = await certificateStep(talk, 'by-certificate', 'auth-x509-client-username-form', {
      requirement: 'ALTERNATIVE',
      priority: 11,
    });
    await talk.admin('', 'PUT', '', { browserFlow: 'by-certificate' });
    const open = async (name: string, certificate: string | undefined) => {
      talk.forget();
      talk.headers = certificate === undefined ? {} : shown(certificate);
      return talk.authorize(name);
    };
    await open('the question', 'user0');
    await talk.submit('yes', { login: 'Continue' });
    await open('', 'user0');
    await talk.submit('no', { cancel: 'Ignore' });
    await talk.submit('somebody else by password', { username: 'user1', password: 'password' });
    for (const name of strangers) await open(name, name);
    await open('nothing shown', undefined);
    await set({ 'x509-cert-auth.confirmation-page-disallowed': 'true' });
    await open('without a question', 'user0');
    await set({ 'x509-cert-auth.keyusage': 'keyEncipherment' });
    await open('with other key usage', 'user0');
  }),
  clients: walk(browser, async (talk) => {
    const asking = { client: 'machine' };
    const grant = (name: string, certificate: string | undefined, client = asking) =>
      talk.token(name, { grant_type: 'client_credentials', scope: 'openid' }, client, certificate === undefined ? {} : shown(certificate));
    const tokens = JSON.parse((await grant('its certificate', 'machine')).text) as { access_token: string };
    await grant('another certificate', 'other');
    await grant('a certificate of another authority', 'foreigner');
    await grant('its certificate once it is over', 'expired');
    await grant('no certificate', undefined);
    await grant('its certificate, by pattern', 'machine', { client: 'machine-by-pattern' });
    await grant('another certificate, by pattern', 'other', { client: 'machine-by-pattern' });
    for (const name of ['machine', 'other', undefined]) {
      const headers = { authorization: `Bearer ${tokens.access_token}`, ...(name === undefined ? {} : shown(name)) };
      await talk.ask(`userinfo with ${name ?? 'nothing'}`, 'userinfo', { headers });
    }
    await talk.introspect('introspection', tokens.access_token, { client: 'app', secret: 'app-secret' });
    const form = { grant_type: 'password', username: 'user3', password: 'password', scope: 'openid' };
    const bound = { client: 'bound', secret: 'app-secret' };
    const own = JSON.parse((await talk.token('bound to a certificate', form, bound, shown('machine'))).text) as { refresh_token: string };
    await talk.token('bound without a certificate', form, bound);
    const refresh = { grant_type: 'refresh_token', refresh_token: own.refresh_token };
    await talk.token('refreshed with another', refresh, bound, shown('other'));
    await talk.token('refreshed with none', refresh, bound);
    await talk.token('refreshed with the same', refresh, bound, shown('machine'));
  }),
};
