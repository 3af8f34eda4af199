import type { AuthenticationExecution, AuthenticationFlow, Client, Realm, User } from '../../model/index.ts';
import { authenticationOf, boundFlow, configById, findExecution, flowHolding } from '../../realm/realm-authentication.ts';
import { SECOND_FACTOR, type SecondFactors } from '../../security/second-factor/second-factors.ts';

/** Authenticators of flows that ask for something besides the password, and the credential that they look at. */
export const SECOND_FACTOR_STEPS: Readonly<Record<string, string>> = {
  'auth-otp-form': SECOND_FACTOR.otp,
  'auth-recovery-authn-code-form': SECOND_FACTOR.recovery,
  'direct-grant-validate-otp': SECOND_FACTOR.otp,
  'reset-otp': SECOND_FACTOR.otp,
};

/** Required actions that set up what a step asks for. */
export const SET_UP_ACTIONS: Readonly<Record<string, string>> = {
  'auth-otp-form': 'CONFIGURE_TOTP',
  'auth-recovery-authn-code-form': 'CONFIGURE_RECOVERY_AUTHN_CODES',
};

/**
 * `conditional-user-configured`: holds where the user has set up all required steps beside the condition, or, where none is required, one of the
 * alternatives.
 */
export async function isUserConfigured(
  secondFactors: Pick<SecondFactors, 'configured'>,
  realm: Realm,
  user: User,
  condition: AuthenticationExecution,
): Promise<boolean> {
  const beside = (flowHolding(authenticationOf(realm), condition.id)?.executions ?? []).filter(
    ({ authenticator = '' }) => SECOND_FACTOR_STEPS[authenticator] !== undefined,
  );
  const of = (requirement: string) => beside.filter((execution) => execution.requirement === requirement);
  if (of('REQUIRED').length === 0 && of('ALTERNATIVE').length === 0) return false;
  const configured = await secondFactors.configured(user);
  const has = ({ authenticator = '' }: AuthenticationExecution): boolean => configured.has(SECOND_FACTOR_STEPS[authenticator] ?? '');
  return of('REQUIRED').length > 0 ? of('REQUIRED').every(has) : of('ALTERNATIVE').some(has);
}

/** Whether another alternative beside this one was carried out. */
export function isStoodInFor(realm: Realm, execution: AuthenticationExecution, done: ReadonlySet<string>): boolean {
  if (execution.requirement !== 'ALTERNATIVE') return false;
  return flowHolding(authenticationOf(realm), execution.id)?.executions.some(({ id }) => done.has(id)) === true;
}

/** `conditional-credential`: whether the login used (or, by default, did not use) one of the credentials that the settings name. */
export function isOfCredential(realm: Realm, condition: AuthenticationExecution): boolean {
  const config = configById(authenticationOf(realm), condition.configId)?.config ?? {};
  const named = (config['credentials'] ?? '').split(/##|,/).map((one) => one.trim());
  return named.includes('password') === (config['included'] === 'true');
}

/** Steps of the browser flow that can stand in for each other, of those that the user has set up. */
export function secondFactorChoices(realm: Realm, client: Client, configured: ReadonlySet<string>): readonly AuthenticationExecution[] {
  return secondFactorChoicesIn(realm, boundFlow(realm, client, 'browser'), configured);
}

/** The same of any flow. */
export function secondFactorChoicesIn(
  realm: Realm,
  flow: AuthenticationFlow | undefined,
  configured: ReadonlySet<string>,
): readonly AuthenticationExecution[] {
  return ['auth-otp-form', 'auth-recovery-authn-code-form'].flatMap((authenticator) => {
    const found = findExecution(authenticationOf(realm), flow, authenticator);
    return found !== undefined && configured.has(SECOND_FACTOR_STEPS[authenticator] ?? '') ? [found] : [];
  });
}
