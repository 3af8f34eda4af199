import type { SeenFactors } from '../../authentication/contracts.ts';
import { certificateExecution, passwordGrantSteps, wantsPassword } from '../../authentication/flow/login-flow.ts';
import { certificateDetails, certificateStep } from '../../authentication/steps/certificate.ts';
import type { User } from '../../model/index.ts';
import { authenticationOf, configById } from '../../realm/realm-authentication.ts';
import { invalidGrant, OAuthError } from '../oauth-error.ts';
import type { GrantRequest } from './grant.ts';

/** A user who proved to be himself, and the steps of the flow that this was. */
export interface ProvenUser extends SeenFactors {
  readonly user: User;
  readonly done: ReadonlySet<string>;
}

/** User name and password, or the password alone of a user who is known. */
export async function grantByPassword(grant: GrantRequest, username: string | undefined): Promise<ProvenUser> {
  const { context, realm, client, form, trace } = grant;
  if (!username) throw new OAuthError(401, 'invalid_request', 'Missing parameter: username', 'user_not_found');
  trace.details['username'] = username;
  const password = form.get('password');
  if (!password) throw invalidGrant('Invalid user credentials', 'invalid_user_credentials');
  const verdict = await context.passwordLogin.check(realm, username, password, grant.remoteAddress);
  if (verdict.user) trace.userId = verdict.user.id;
  if (verdict.kind === 'invalid') throw invalidGrant('Invalid user credentials', verdict.event);
  if (verdict.kind === 'disabled') throw invalidGrant('Account disabled', 'user_disabled');
  if (verdict.kind === 'action-required') throw invalidGrant('Account is not fully set up', 'resolve_required_actions');
  return { user: verdict.user, done: passwordGrantSteps(realm, client), secondFactors: verdict.secondFactors };
}

/** The certificate of the connection, where the flow has a step for it; with the password where the flow wants that too. Undefined: no such step. */
export async function grantByCertificate(grant: GrantRequest): Promise<ProvenUser | undefined> {
  const { context, realm, client, trace } = grant;
  const step = certificateExecution(realm, client, 'direct_grant');
  if (step === undefined) return undefined;
  const config = configById(authenticationOf(realm), step.configId)?.config;
  if (config === undefined) throw new OAuthError(401, 'invalid_request', 'Configuration is missing.', 'invalid_user_credentials');
  const outcome = await certificateStep(context, realm, await context.certificates.chainOf(grant.request), config);
  if (outcome.kind === 'none') throw new OAuthError(401, 'invalid_request', 'X509 client certificate is missing.', 'user_not_found');
  Object.assign(trace.details, certificateDetails(outcome.names));
  if (outcome.user) trace.userId = outcome.user.id;
  if (outcome.kind === 'refused') {
    if (outcome.reason === 'disabled') throw invalidGrant(outcome.message, outcome.event);
    const isAboutCertificate = outcome.reason === 'certificate' || outcome.reason === 'identity';
    // Programs hear the same of users who are not there and of those who are locked.
    if (isAboutCertificate) throw new OAuthError(401, 'invalid_request', outcome.message, outcome.event);
    if (outcome.username !== undefined) trace.details['username'] = outcome.username;
    throw invalidGrant(outcome.message, outcome.reason === 'unknown-user' ? 'invalid_user_credentials' : outcome.event);
  }
  const { user } = outcome;
  trace.details['username'] = user.username;
  const both = wantsPassword(realm, client) ? await grantByPassword(grant, user.username) : undefined;
  if (both !== undefined && both.user.id !== user.id) throw invalidGrant('Invalid user credentials', 'invalid_user_credentials');
  if (user.requiredActions.length > 0) throw invalidGrant('Account is not fully set up', 'resolve_required_actions');
  return { user, done: new Set([step.id, ...(both?.done ?? [])]), secondFactors: both?.secondFactors };
}
