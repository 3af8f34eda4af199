import type { State } from '../../cache/contracts.ts';
import { type Features, isSwitchedOff } from '../../config/feature-switches.ts';
import type { Logouts } from '../../logout/contracts.ts';
import type { AuthenticationExecution, Client, Realm, User, UserSession } from '../../model/index.ts';
import { authenticationOf, boundFlow, configById, type FlowBinding, findExecution } from '../../realm/realm-authentication.ts';
import type { SecondFactors } from '../../security/second-factor/second-factors.ts';
import type { CertificateOutcome } from '../steps/certificate.ts';
import { runFlow, type StepVerdict } from './run-flow.ts';
import { isOfCredential, isStoodInFor, isUserConfigured, SECOND_FACTOR_STEPS, SET_UP_ACTIONS } from './second-factor-steps.ts';
import { limitSessions } from './session-limits.ts';

export interface LoginFlowParts {
  readonly state: Pick<State, 'userSessions' | 'directory'>;
  readonly logouts: Pick<Logouts, 'endSessions'>;
  readonly secondFactors: Pick<SecondFactors, 'configured'>;
  readonly features: Features;
}

/** Reads the certificate of the request by the settings of a step. */
export type CertificateReader = (config: Readonly<Record<string, string>>) => Promise<CertificateOutcome>;

/** Whom a certificate named. */
export type CertificateUser = Extract<CertificateOutcome, { readonly kind: 'user' }> & { readonly execution: AuthenticationExecution };

/** A certificate that names nobody who may log in. */
export type RefusedCertificate = Extract<CertificateOutcome, { readonly kind: 'refused' }>;

/** How a run of the flow ended; with whom the certificate of the request named, where a step asked for it. */
export type FlowVerdict = StepVerdict & {
  readonly certificate?: CertificateUser | undefined;
  /** Why the certificate of the request was of no use. */
  readonly refused?: RefusedCertificate | undefined;
};

/** How far a login has come. */
export interface LoginProgress {
  readonly realm: Realm;
  readonly client: Client;
  readonly user: User | undefined;
  readonly issuer: string;
  /** The browser has a session, and nothing asks to prove it again. */
  readonly bySession: boolean;
  /** Ids of executions that were carried out. */
  readonly done: ReadonlySet<string>;
  /** The session that the login goes on with. */
  readonly currentSessionId?: string | undefined;
  /** Undefined: certificates are not looked at here. */
  readonly byCertificate?: CertificateReader | undefined;
  /** Told of each session that this login ends to make room. */
  readonly ended?: ((session: UserSession) => void) | undefined;
  /** Takes the required actions by which the user sets up what a step asks for and he does not have; without it such a step denies. */
  readonly setUp?: Set<string> | undefined;
  /** Whether the one-time password that came with a password grant is right. */
  readonly checkOtp?: (() => Promise<boolean>) | undefined;
  /** Types of second factors that the user has set up, where they were just read. */
  readonly secondFactors?: ReadonlySet<string> | undefined;
}

const ATTEMPTED: StepVerdict = { kind: 'attempted' };
const SUCCESS: StepVerdict = { kind: 'success' };
const PASSWORD_GRANT_STEP = 'direct-grant-validate-password';
/** Steps that a certificate of the request carries out. */
const CERTIFICATE_STEPS: ReadonlySet<string> = new Set(['auth-x509-client-username-form', 'direct-grant-auth-x509-username']);
const NO_CERTIFICATE: StepVerdict = { kind: 'denied', message: 'certificateNeededMessage', error: 'invalid_user_credentials' };
const WRONG_OTP: StepVerdict = { kind: 'denied', message: 'Invalid user credentials', error: 'invalid_user_credentials' };
const NOT_SET_UP: StepVerdict = { kind: 'denied', message: 'secondFactorNotSetUpMessage', error: 'credential_setup_required' };
const BROKEN: StepVerdict = { kind: 'denied', message: 'invalidFlowMessage', error: 'generic_authentication_error' };

/** The step that the password form of the browser flow carries out; undefined where the flow has none. */
export function passwordExecution(realm: Realm, client: Client): AuthenticationExecution | undefined {
  return findExecution(authenticationOf(realm), boundFlow(realm, client, 'browser'), 'auth-username-password-form');
}

/** The step of a flow that a certificate carries out, if it has one. */
export function certificateExecution(realm: Realm, client: Client, binding: FlowBinding): AuthenticationExecution | undefined {
  const flow = boundFlow(realm, client, binding);
  for (const authenticator of CERTIFICATE_STEPS) {
    const found = findExecution(authenticationOf(realm), flow, authenticator);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether the password grant of a client wants a password besides the certificate. */
export function wantsPassword(realm: Realm, client: Client): boolean {
  return findExecution(authenticationOf(realm), boundFlow(realm, client, 'direct_grant'), PASSWORD_GRANT_STEP) !== undefined;
}

/** The steps of the password grant that user name and password carry out together. */
export function passwordGrantSteps(realm: Realm, client: Client): ReadonlySet<string> {
  const flow = boundFlow(realm, client, 'direct_grant');
  const authentication = authenticationOf(realm);
  const steps = ['direct-grant-validate-username', PASSWORD_GRANT_STEP];
  return new Set(steps.flatMap((authenticator) => findExecution(authentication, flow, authenticator)?.id ?? []));
}

/**
 * Whether the flow counts sessions. Two logins of one user can pass the count at once; where it stands in the flow it is made again with
 * both sessions there, so that no race gets past it.
 */
export function countsSessions(realm: Realm, client: Client, binding: FlowBinding): boolean {
  return findExecution(authenticationOf(realm), boundFlow(realm, client, binding), 'user-session-limits') !== undefined;
}

/** Where a login stands in the flow that its client uses. A flow that comes to no end denies: nobody gets in by a flow that asks nothing. */
export async function runLoginFlow(reading: LoginFlowParts, progress: LoginProgress, binding: FlowBinding): Promise<FlowVerdict> {
  const { realm, client } = progress;
  const flow = boundFlow(realm, client, binding);
  if (flow === undefined) return BROKEN;
  const parts = { ...reading, secondFactors: readOnce(reading.secondFactors, progress) };
  let certificate: CertificateUser | undefined;
  let refused: RefusedCertificate | undefined;
  const now = (): LoginProgress => (certificate === undefined ? progress : { ...progress, user: certificate.user });
  const verdict = await runFlow(authenticationOf(realm), flow, {
    async run(execution) {
      if (!CERTIFICATE_STEPS.has(execution.authenticator ?? '') || progress.done.has(execution.id))
        return runLoginStep(parts, now(), execution);
      const config = configById(authenticationOf(realm), execution.configId)?.config;
      // Without settings nothing says whom a certificate means.
      const outcome = config === undefined ? undefined : await progress.byCertificate?.(config);
      if (outcome?.kind === 'refused') refused = outcome;
      if (outcome?.kind !== 'user') return execution.requirement === 'ALTERNATIVE' ? ATTEMPTED : NO_CERTIFICATE;
      certificate = { ...outcome, execution };
      return outcome.confirm && binding === 'browser' ? { kind: 'challenge', execution } : SUCCESS;
    },
    isMet: (condition) => isConditionMet(parts, now(), condition),
  });
  return verdict.kind === 'attempted' ? BROKEN : { ...verdict, certificate, refused };
}

/** What each user has set up, read once in a run however many steps ask. */
function readOnce(
  { configured }: LoginFlowParts['secondFactors'],
  { user: known, secondFactors }: LoginProgress,
): LoginFlowParts['secondFactors'] {
  const read = new Map<string, Promise<ReadonlySet<string>>>();
  if (known !== undefined && secondFactors !== undefined) read.set(known.id, Promise.resolve(secondFactors));
  return {
    configured(user) {
      const found = read.get(user.id) ?? configured(user);
      read.set(user.id, found);
      return found;
    },
  };
}

/** Where one step stands. */
export async function runLoginStep(
  parts: LoginFlowParts,
  progress: LoginProgress,
  execution: AuthenticationExecution,
): Promise<StepVerdict> {
  const { realm, client, user, issuer, currentSessionId, ended } = progress;
  if (progress.done.has(execution.id)) return SUCCESS;
  const config = configById(authenticationOf(realm), execution.configId)?.config ?? {};
  // Nobody gets past a step because what it asks for was switched off.
  if (isSwitchedOff(parts.features, 'authenticator', execution.authenticator))
    return execution.requirement === 'ALTERNATIVE' ? ATTEMPTED : BROKEN;
  switch (execution.authenticator) {
    case 'auth-cookie':
      return progress.bySession ? SUCCESS : ATTEMPTED;
    case 'auth-username-password-form':
      return { kind: 'challenge', execution };
    case 'auth-otp-form':
    case 'auth-recovery-authn-code-form':
      if (isStoodInFor(realm, execution, progress.done)) return ATTEMPTED;
      if (user !== undefined && (await parts.secondFactors.configured(user)).has(SECOND_FACTOR_STEPS[execution.authenticator] ?? '')) {
        return { kind: 'challenge', execution };
      }
      if (execution.requirement === 'ALTERNATIVE') return ATTEMPTED;
      if (user === undefined || progress.setUp === undefined) return NOT_SET_UP;
      progress.setUp.add(SET_UP_ACTIONS[execution.authenticator] ?? '');
      return SUCCESS;
    case 'direct-grant-validate-otp':
      return (await progress.checkOtp?.()) === true ? SUCCESS : WRONG_OTP;
    case 'allow-access-authenticator':
      return SUCCESS;
    case 'deny-access-authenticator':
      return { kind: 'denied', message: config['denyErrorMessage'] || 'accessDeniedMessage', error: 'access_denied' };
    case 'user-session-limits':
      return user === undefined ? BROKEN : limitSessions(parts, { realm, client, user, issuer, currentSessionId, config, ended });
    default:
      // What this server does not do can be passed by where there is another way, and nowhere else.
      return execution.requirement === 'ALTERNATIVE' ? ATTEMPTED : BROKEN;
  }
}

/** Whether the condition of a sub-flow holds. */
export async function isConditionMet(
  { state, secondFactors }: LoginFlowParts,
  { realm, user }: LoginProgress,
  condition: AuthenticationExecution,
): Promise<boolean> {
  const config = configById(authenticationOf(realm), condition.configId)?.config ?? {};
  if (user === undefined) return false;
  switch (condition.authenticator) {
    case 'conditional-user-configured':
      return isUserConfigured(secondFactors, realm, user, condition);
    case 'conditional-credential':
      return isOfCredential(realm, condition);
    case 'conditional-user-role':
      return (await hasRole(state, realm, user, config['condUserRole'] ?? '')) !== (config['negate'] === 'true');
    case 'conditional-user-attribute': {
      const values = user.attributes[config['attribute_name'] ?? ''] ?? [];
      return values.includes(config['attribute_expected_value'] ?? '') !== (config['not'] === 'true');
    }
    default:
      // Nobody has set up what this server cannot ask for.
      return false;
  }
}

async function hasRole({ directory }: LoginFlowParts['state'], realm: Realm, user: User, name: string): Promise<boolean> {
  const { roleIds, groupIds } = await directory.grants(realm, user);
  const ofGroups = await Promise.all(groupIds.map((id) => directory.groupRoles(realm, id)));
  const roles = await directory.expandRoles(realm, [...roleIds, ...ofGroups.flat()]);
  const dot = name.lastIndexOf('.');
  const client = dot < 0 ? undefined : await directory.clientByClientId(realm, name.slice(0, dot));
  const wanted = await directory.roleByName(realm, client?.id, client === undefined ? name : name.slice(dot + 1));
  return wanted !== undefined && roles.some(({ id }) => id === wanted.id);
}
