import type { Requirement } from '../../model/index.ts';
import { furtherProviders } from './further-providers.ts';
import { x509Properties } from './x509-properties.ts';

/** Where a provider can stand: a step of a flow, a condition of a sub-flow, a way for clients, a form, a part of a form. */
export type ProviderKind = 'authenticator' | 'condition' | 'client' | 'form' | 'form-action';

/** One setting of a step, in the shape that Admin REST shows. */
export interface ProviderProperty {
  readonly name: string;
  readonly label: string;
  readonly helpText?: string;
  readonly type: 'String' | 'List' | 'boolean' | 'Role' | 'MultivaluedString' | 'Text';
  readonly defaultValue?: string;
  readonly options?: readonly string[];
}

export interface StepProvider {
  readonly id: string;
  readonly kind: ProviderKind;
  readonly displayName: string;
  /** Requirements that an execution of it may have. */
  readonly choices: readonly Requirement[];
  /** Absent for those that this server knows by name only: they stand in flows and cannot be added. */
  readonly description?: string;
  readonly properties?: readonly ProviderProperty[];
  /** It has settings, also where this server does not know them. */
  readonly configurable?: boolean;
}

const anyChoice: readonly Requirement[] = ['REQUIRED', 'ALTERNATIVE', 'DISABLED'];
const onOff: readonly Requirement[] = ['REQUIRED', 'DISABLED'];
const always: readonly Requirement[] = ['REQUIRED'];
export const flowChoices: readonly Requirement[] = ['REQUIRED', 'ALTERNATIVE', 'DISABLED', 'CONDITIONAL'];

export const limitBehaviors = { deny: 'Deny new session', terminate: 'Terminate oldest session' } as const;

const negate: ProviderProperty = {
  name: 'negate',
  label: 'Negate output',
  helpText: 'Turns the condition round.',
  type: 'boolean',
};

const providers: readonly StepProvider[] = [
  {
    id: 'auth-cookie',
    kind: 'authenticator',
    displayName: 'Cookie',
    choices: anyChoice,
    description: 'Takes the session that the browser has already.',
  },
  {
    id: 'auth-username-password-form',
    kind: 'authenticator',
    displayName: 'Username Password Form',
    choices: always,
    description: 'Asks for user name and password.',
  },
  {
    id: 'user-session-limits',
    kind: 'authenticator',
    displayName: 'User session count limiter',
    choices: onOff,
    description: 'Limits how many sessions a user may have at once, in the realm and for each client.',
    properties: [
      {
        name: 'userRealmLimit',
        label: 'Maximum concurrent sessions for each user within this realm.',
        helpText: 'Zero or less: no limit.',
        type: 'String',
        defaultValue: '3',
      },
      {
        name: 'userClientLimit',
        label: 'Maximum concurrent sessions for each user per client.',
        helpText: 'Zero or less: no limit.',
        type: 'String',
        defaultValue: '0',
      },
      {
        name: 'behavior',
        label: 'Behavior when user session limit is exceeded',
        type: 'List',
        defaultValue: limitBehaviors.deny,
        options: Object.values(limitBehaviors),
      },
      { name: 'errorMessage', label: 'Optional custom error message', helpText: 'Empty: the usual message.', type: 'String' },
    ],
  },
  {
    id: 'allow-access-authenticator',
    kind: 'authenticator',
    displayName: 'Allow access',
    choices: anyChoice,
    description: 'Lets everybody pass who came so far.',
  },
  {
    id: 'deny-access-authenticator',
    kind: 'authenticator',
    displayName: 'Deny access',
    choices: anyChoice,
    description: 'Lets nobody pass.',
    properties: [{ name: 'denyErrorMessage', label: 'Error message', helpText: 'Text or message key of the page.', type: 'String' }],
  },
  {
    id: 'direct-grant-validate-username',
    kind: 'authenticator',
    displayName: 'Username Validation',
    choices: always,
    description: 'Finds the user of a password grant.',
  },
  {
    id: 'direct-grant-validate-password',
    kind: 'authenticator',
    displayName: 'Password',
    choices: anyChoice,
    description: 'Checks the password of a password grant.',
  },
  {
    id: 'auth-x509-client-username-form',
    kind: 'authenticator',
    displayName: 'X509/Validate Username Form',
    choices: anyChoice,
    description: 'Logs in whom the client certificate of the connection names.',
    properties: x509Properties,
  },
  {
    id: 'direct-grant-auth-x509-username',
    kind: 'authenticator',
    displayName: 'X509/Validate Username',
    choices: always,
    description: 'Finds the user of a password grant by the client certificate of the connection.',
    properties: x509Properties,
  },
  {
    id: 'reset-credentials-choose-user',
    kind: 'authenticator',
    displayName: 'Choose User',
    choices: always,
    description: 'Asks who forgot the password.',
  },
  {
    id: 'reset-credential-email',
    kind: 'authenticator',
    displayName: 'Send Reset Email',
    choices: always,
    configurable: true,
    description: 'Sends a link that works once and waits for it.',
  },
  {
    id: 'reset-password',
    kind: 'authenticator',
    displayName: 'Reset Password',
    choices: anyChoice,
    description: 'Demands a new password.',
  },
  {
    id: 'conditional-user-configured',
    kind: 'condition',
    displayName: 'Condition - user configured',
    choices: onOff,
    description: 'Holds for users who have set up what the flow asks for.',
  },
  {
    id: 'conditional-user-role',
    kind: 'condition',
    displayName: 'Condition - user role',
    choices: onOff,
    description: 'Holds for users with a role.',
    properties: [{ name: 'condUserRole', label: 'User role', helpText: 'Name of a realm role, or client.role.', type: 'Role' }, negate],
  },
  {
    id: 'conditional-user-attribute',
    kind: 'condition',
    displayName: 'Condition - user attribute',
    choices: onOff,
    description: 'Holds for users with a value of an attribute.',
    properties: [
      { name: 'attribute_name', label: 'Attribute name', type: 'String' },
      { name: 'attribute_expected_value', label: 'Expected attribute value', type: 'String' },
      { name: 'not', label: 'Negate output', type: 'boolean' },
    ],
  },
  {
    id: 'client-secret',
    kind: 'client',
    displayName: 'Client Id and Secret',
    choices: anyChoice,
    description: 'A secret that client and server share.',
  },
  {
    id: 'client-x509',
    kind: 'client',
    displayName: 'X509 Certificate',
    choices: anyChoice,
    description: 'The client certificate of the connection, by its subject.',
  },
  ...furtherProviders,
];

const byId: ReadonlyMap<string, StepProvider> = new Map(providers.map((provider) => [provider.id, provider]));

export function stepProvider(id: string | undefined): StepProvider | undefined {
  return id === undefined ? undefined : byId.get(id);
}

/** Providers of a kind that can be added to a flow. */
export function usableProviders(...kinds: readonly ProviderKind[]): readonly StepProvider[] {
  return providers.filter(({ kind, description }) => kinds.includes(kind) && description !== undefined);
}

export function isConfigurable(provider: StepProvider): boolean {
  return provider.configurable === true || (provider.properties?.length ?? 0) > 0;
}
