import { registrationPolicyType } from '../realm/default-registration-policies.ts';
import type { Representation } from '../realm/fields.ts';
import { keyProviderType } from '../realm/key-components.ts';
import { keyComponentTypes } from '../realm/key-providers.ts';
import { validatorNames } from '../realm/user-profile/validators.ts';
import { policyChoices, policyTypes } from '../registration-policies/policy-types.ts';

interface Property {
  readonly name: string;
  readonly label: string;
  readonly helpText?: string;
  readonly type: string;
}

const bound = (name: 'min' | 'max', label: string): Property => ({ name, label, type: 'String' });
const errorMessage: Property = { name: 'error-message', label: 'Error message key', type: 'String' };

/** Settings of the validators of user attributes; those that do not stand here have none. */
const validatorProperties: Readonly<Record<string, readonly Property[]>> = {
  double: [bound('min', 'Minimum'), bound('max', 'Maximum')],
  integer: [bound('min', 'Minimum'), bound('max', 'Maximum')],
  length: [
    bound('min', 'Minimum length'),
    bound('max', 'Maximum length'),
    { name: 'trim-disabled', label: 'Trimming disabled', helpText: 'Count spaces at both ends, too.', type: 'boolean' },
  ],
  multivalued: [bound('min', 'Minimum size'), bound('max', 'Maximum size')],
  options: [{ name: 'options', label: 'Options', helpText: 'Values to choose from.', type: 'MultivaluedString' }],
  pattern: [{ name: 'pattern', label: 'RegExp pattern', helpText: 'The whole value has to match.', type: 'String' }, errorMessage],
  'person-name-prohibited-characters': [errorMessage],
  'username-prohibited-characters': [errorMessage],
  'up-username-not-idn-homograph': [errorMessage],
};

/** Forms of components by kind, as the console draws them. A kind of which nothing is here has an empty list. */
export function componentTypes(): Representation {
  return {
    [keyProviderType]: keyComponentTypes(),
    // The scopes of a realm are in the answer that it gives itself.
    [registrationPolicyType]: policyTypes(policyChoices([])),
    'org.keycloak.validate.Validator': validatorNames.map((id) => ({
      id,
      helpText: '',
      properties: validatorProperties[id] ?? [],
      clientProperties: [],
      metadata: {},
    })),
    'org.keycloak.authentication.ClientAuthenticator': ['client-secret', 'client-jwt', 'client-secret-jwt', 'client-x509'].map((id) => ({
      id,
      helpText: '',
      properties: [],
      clientProperties: [],
      metadata: {},
    })),
    ...Object.fromEntries(WITHOUT_PROVIDERS.map((kind) => [`org.keycloak.${kind}`, []])),
  };
}

const WITHOUT_PROVIDERS = [
  'broker.provider.IdentityProvider',
  'broker.social.SocialIdentityProvider',
  'services.clientpolicy.condition.ClientPolicyConditionProvider',
  'services.clientpolicy.executor.ClientPolicyExecutorProvider',
  'services.ui.extend.UiPageProvider',
  'services.ui.extend.UiTabProvider',
  'storage.UserStorageProvider',
  'storage.ldap.mappers.LDAPStorageMapper',
] as const;
