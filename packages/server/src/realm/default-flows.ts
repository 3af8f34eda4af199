import { createHash } from 'node:crypto';
import type { AuthenticationExecution, RealmAuthentication, Requirement } from '../model/index.ts';

/** requirement, priority, authenticator or `>flow`, alias of its config; a form names both: `authenticator>flow`. */
type Step = readonly [requirement: Requirement, priority: number, what: string, config?: string];

interface Flow {
  readonly description?: string;
  readonly kind?: 'client-flow' | 'form-flow';
  readonly topLevel?: boolean;
  readonly steps: readonly Step[];
}

const twoFactors = (config: string): readonly Step[] => [
  ['REQUIRED', 10, 'conditional-user-configured'],
  ['REQUIRED', 20, 'conditional-credential', config],
  ['ALTERNATIVE', 30, 'auth-otp-form'],
  ['DISABLED', 40, 'webauthn-authenticator'],
  ['DISABLED', 50, 'auth-recovery-authn-code-form'],
];

const onlyIfConfigured = (authenticator: string, requirement: Requirement = 'REQUIRED'): readonly Step[] => [
  ['REQUIRED', 10, 'conditional-user-configured'],
  [requirement, 20, authenticator],
];

/** The flows of a realm that nobody changed, with Keycloak's aliases: parents before their parts. */
const flows: Readonly<Record<string, Flow>> = {
  browser: {
    description: 'Logins in the browser',
    topLevel: true,
    steps: [
      ['ALTERNATIVE', 10, 'auth-cookie'],
      ['DISABLED', 20, 'auth-spnego'],
      ['ALTERNATIVE', 25, 'identity-provider-redirector'],
      ['ALTERNATIVE', 26, '>Organization'],
      ['ALTERNATIVE', 30, '>forms'],
    ],
  },
  Organization: { steps: [['CONDITIONAL', 10, '>Browser - Conditional Organization']] },
  'Browser - Conditional Organization': {
    description: 'Whether the organization of the user is asked for first',
    steps: onlyIfConfigured('organization', 'ALTERNATIVE'),
  },
  forms: {
    description: 'The forms of a login: user name, password, second factor',
    steps: [
      ['REQUIRED', 10, 'auth-username-password-form'],
      ['CONDITIONAL', 20, '>Browser - Conditional 2FA'],
    ],
  },
  'Browser - Conditional 2FA': {
    description: 'Whether a second factor is asked for',
    steps: twoFactors('browser-conditional-credential'),
  },
  'direct grant': {
    description: 'Password grant of OAuth 2.0',
    topLevel: true,
    steps: [
      ['REQUIRED', 10, 'direct-grant-validate-username'],
      ['REQUIRED', 20, 'direct-grant-validate-password'],
      ['CONDITIONAL', 30, '>Direct Grant - Conditional OTP'],
    ],
  },
  'Direct Grant - Conditional OTP': {
    description: 'Whether a one-time password is asked for',
    steps: onlyIfConfigured('direct-grant-validate-otp'),
  },
  registration: {
    description: 'People who make their own account',
    topLevel: true,
    steps: [['REQUIRED', 10, 'registration-page-form>registration form']],
  },
  'registration form': {
    description: 'What the registration page asks',
    kind: 'form-flow',
    steps: [
      ['REQUIRED', 20, 'registration-user-creation'],
      ['REQUIRED', 50, 'registration-password-action'],
      ['DISABLED', 60, 'registration-recaptcha-action'],
      ['DISABLED', 70, 'registration-terms-and-conditions'],
    ],
  },
  'reset credentials': {
    description: 'People who forgot their password',
    topLevel: true,
    steps: [
      ['REQUIRED', 10, 'reset-credentials-choose-user'],
      ['REQUIRED', 20, 'reset-credential-email'],
      ['REQUIRED', 30, 'reset-password'],
      ['CONDITIONAL', 40, '>Reset - Conditional OTP'],
    ],
  },
  'Reset - Conditional OTP': { description: 'Whether the one-time password is set anew', steps: onlyIfConfigured('reset-otp') },
  clients: {
    description: 'How clients prove themselves',
    kind: 'client-flow',
    topLevel: true,
    steps: [
      ['ALTERNATIVE', 10, 'client-secret'],
      ['ALTERNATIVE', 20, 'client-jwt'],
      ['ALTERNATIVE', 30, 'client-secret-jwt'],
      ['ALTERNATIVE', 40, 'client-x509'],
      ['ALTERNATIVE', 50, 'federated-jwt'],
    ],
  },
  'first broker login': {
    description: 'The first login through an outside provider',
    topLevel: true,
    steps: [
      ['REQUIRED', 10, 'idp-review-profile', 'review profile config'],
      ['REQUIRED', 20, '>User creation or linking'],
      ['CONDITIONAL', 60, '>First Broker Login - Conditional Organization'],
    ],
  },
  'User creation or linking': {
    description: 'A new user, or one who is there',
    steps: [
      ['ALTERNATIVE', 10, 'idp-create-user-if-unique', 'create unique user config'],
      ['ALTERNATIVE', 20, '>Handle Existing Account'],
    ],
  },
  'Handle Existing Account': {
    description: 'What happens where the address or the name is known already',
    steps: [
      ['REQUIRED', 10, 'idp-confirm-link'],
      ['REQUIRED', 20, '>Account verification options'],
    ],
  },
  'Account verification options': {
    description: 'How the known user proves that it is he',
    steps: [
      ['ALTERNATIVE', 10, 'idp-email-verification'],
      ['ALTERNATIVE', 20, '>Verify Existing Account by Re-authentication'],
    ],
  },
  'Verify Existing Account by Re-authentication': {
    description: 'The known user logs in',
    steps: [
      ['REQUIRED', 10, 'idp-username-password-form'],
      ['CONDITIONAL', 20, '>First broker login - Conditional 2FA'],
    ],
  },
  'First broker login - Conditional 2FA': {
    description: 'Whether a second factor is asked for',
    steps: twoFactors('first-broker-login-conditional-credential'),
  },
  'First Broker Login - Conditional Organization': {
    description: 'Whether the user joins an organization',
    steps: onlyIfConfigured('idp-add-organization-member'),
  },
  'docker auth': { description: 'Docker clients', topLevel: true, steps: [['REQUIRED', 10, 'docker-http-basic-authenticator']] },
};

const configs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'browser-conditional-credential': { credentials: 'webauthn-passwordless' },
  'first-broker-login-conditional-credential': { credentials: 'webauthn-passwordless' },
  'create unique user config': { 'require.password.update.after.registration': 'false' },
  'review profile config': { 'update.profile.on.first.login': 'missing' },
};

/** id, name, priority, enabled. */
const requiredActions: readonly (readonly [id: string, name: string, priority: number, enabled: boolean])[] = [
  ['TERMS_AND_CONDITIONS', 'Terms and Conditions', 20, false],
  ['UPDATE_PROFILE', 'Update Profile', 40, true],
  ['VERIFY_EMAIL', 'Verify Email', 50, true],
  ['CONFIGURE_TOTP', 'Configure OTP', 54, true],
  ['UPDATE_PASSWORD', 'Update Password', 57, true],
  ['delete_account', 'Delete Account', 60, false],
  ['UPDATE_EMAIL', 'Update Email', 70, false],
  ['webauthn-register', 'Webauthn Register', 80, true],
  ['webauthn-register-passwordless', 'Webauthn Register Passwordless', 90, true],
  ['VERIFY_PROFILE', 'Verify Profile', 100, true],
  ['delete_credential', 'Delete Credential', 110, true],
  ['idp_link', 'Linking Identity Provider', 120, true],
  ['CONFIGURE_RECOVERY_AUTHN_CODES', 'Recovery Authentication Codes', 130, true],
  ['update_user_locale', 'Update User Locale', 1_000, true],
];

/** The required actions of a realm that nobody changed. */
export const defaultRequiredActions: RealmAuthentication['requiredActions'] = requiredActions.map(([id, name, priority, enabled]) => ({
  alias: id,
  name,
  providerId: id,
  enabled,
  defaultAction: false,
  priority,
  config: {},
}));

/**
 * What a realm has until somebody changes it. Nothing of it is stored: ids follow from the realm's id, so that all nodes and all times
 * name the same steps by the same ids, and a thousand realms carry no copies.
 */
export function defaultAuthentication(realmId: string): RealmAuthentication {
  const id = (text: string): string => stableId(`${realmId}/${text}`);
  return {
    flows: Object.entries(flows).map(([alias, { description, kind, topLevel, steps }]) => ({
      id: id(`flow/${alias}`),
      alias,
      ...(description === undefined ? {} : { description }),
      providerId: kind ?? 'basic-flow',
      topLevel: topLevel ?? false,
      builtIn: true,
      executions: steps.map(([requirement, priority, what, config]): AuthenticationExecution => {
        const [authenticator = '', flow] = what.split('>');
        return {
          id: id(`${alias}/${what}`),
          requirement,
          priority,
          ...(authenticator === '' ? {} : { authenticator }),
          ...(flow === undefined ? {} : { flowId: id(`flow/${flow}`) }),
          ...(config === undefined ? {} : { configId: id(`config/${config}`) }),
        };
      }),
    })),
    configs: Object.entries(configs).map(([alias, config]) => ({ id: id(`config/${alias}`), alias, config })),
    requiredActions: defaultRequiredActions,
  };
}

/** A UUID that follows from a text. */
function stableId(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
