import type { Difference } from '../differences.ts';

const noFeature = 'the feature is not there';
const noFault = 'The original fails with 500; bad input is not a fault of the server.';

/** Deliberate differences of the walks through Admin REST. */
export const adminDifferences: readonly Difference[] = [
  {
    walk: 'admin-bad-input | writers',
    entry: 'status',
    original: '500',
    here: '400',
    what: 'Texts that are too long, and steps that are no texts, are answered 400 by every writer.',
    reason: noFault,
  },
  {
    walk: 'admin-authentication | required actions',
    step: /^authenticationManagement\.getRequiredActionConfigDescription: (?:VERIFY_EMAIL|CONFIGURE_TOTP|CONFIGURE_RECOVERY_AUTHN_CODES)$/,
    entry: /^json\.properties\[1\]/,
    what: 'Required actions have the setting `max_auth_age` alone; waits between mails, warnings of used codes and the like cannot be set.',
    reason: 'a setting that nothing reads would mislead',
  },
  {
    walk: 'admin-authentication | flows',
    step: /^authenticationManagement\.get(?:ClientAuthenticator|Authenticator|FormAction)Providers$/,
    entry: 'json',
    what: 'The lists of authenticators, form actions and client authenticators hold what is here.',
    reason: 'a step that nobody can carry out would lock people out',
  },
  {
    walk: 'admin-authentication | flows',
    step: 'authenticationManagement.updateFlow',
    entry: /^(?:status|body|json\..*)$/,
    what: 'A flow can be saved under the name that it has.',
    reason: 'the original answers 409 where only the description changes',
  },
  {
    walk: 'admin-authentication | flows',
    step: 'authenticationManagement.addExecution',
    entry: /^(?:status|json\.error)$/,
    what: 'POST to the list of steps of a flow is answered 405.',
    reason: 'the address is there, the method is not; the original answers 404',
  },
  {
    walk: 'admin-clients | clients',
    step: 'clients.find: by clientId',
    entry: 'json[0].attributes.post.logout.redirect.uris',
    what: 'Clients of an import without a version do not get `post.logout.redirect.uris`.',
    reason: 'the original takes such a file for one of an old version; here a file means what it says',
  },
  {
    walk: 'admin-clients | scopes and mappers',
    step: 'clients.evaluateGenerateSamlResponse',
    entry: /^(?:body|status|json\..*)$/,
    what: 'There is no example of a SAML response.',
    reason: noFeature,
  },
  {
    step: /^(?:(?:clients|identityProviders)\.uploadCertificate: rubbish|realms\.partialImport: unknown (?:policy|group)|users\.create: no such group|identityProviders\.importFromUrl)$/,
    entry: /^(?:status|json\..*)$/,
    what: 'Files and bodies that cannot be used are answered 400, and an address that cannot be read 502.',
    reason: noFault,
  },
  {
    walk: 'admin-providers | components',
    step: 'components.listSubComponents',
    entry: 'json',
    what: 'The kinds of keys are those that are here.',
    reason: noFeature,
  },
  {
    entry:
      /^json(?:\[0\])?\.(?:addReadTokenRoleOnCreate|authenticateByDefault|hideOnLogin|linkOnly|storeToken|trustEmail|updateProfileFirstLoginMode)$/,
    original: 'absent',
    what: 'Switches of identity providers that nobody set are shown as off.',
    reason: 'they are off; who reads a representation need not know the defaults',
  },
  {
    walk: 'admin-providers | what is switched off',
    step: /^workflows\./,
    entry: /^(?:body|status|json.*)$/,
    what: 'Workflows are not there: the list is empty, everything else is answered 404 or 405.',
    reason: noFeature,
  },
  {
    walk: 'admin-providers | what is switched off',
    step: /^realms\.(?:testLDAPConnection|ldapServerCapabilities)$/,
    entry: /^(?:status|json.*)$/,
    what: 'Tests of LDAP connections are answered 404.',
    reason: noFeature,
  },
  {
    walk: 'admin-realms | a realm',
    step: /^(?:realms\.export|serverInfo\.find)$/,
    entry: 'json',
    what: 'A partial export and the information on the server have fewer members.',
    reason: 'nothing is said of what is not there',
  },
  {
    walk: 'admin-realms | a realm',
    step: 'serverInfo.findEffectiveMessageBundles',
    entry: /^(?:status|json.*)$/,
    what: 'Texts of login pages and mails are not listed; those of the two consoles are.',
    reason: 'a theme gives its texts one by one, and the realm stores its own',
  },
  {
    walk: 'admin-realms | partial import',
    step: 'realms.partialImport: overwrite',
    entry: /^json\./,
    what: 'A partial import that overwrites names every object once.',
    reason: 'the original names roles twice, as overwritten and as added',
  },
  {
    walk: 'admin-users | people',
    step: /^users\.find/,
    entry: 'json[0].attributes.team',
    what: 'Attributes of users that do not stand in the user profile are shown to administrators.',
    reason: 'whoever imported them sees that they are there',
  },
];
