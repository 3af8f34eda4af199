import { countsSessions, runLoginFlow } from '../../authentication/flow/login-flow.ts';
import type { StepVerdict } from '../../authentication/flow/run-flow.ts';
import type { ServerContext } from '../../context.ts';
import type { Realm, User, UserSession } from '../../model/index.ts';
import { DEFAULT_LOCALE } from '../../theme/locale.ts';
import { themeText } from '../../theme/theme.ts';
import { invalidGrant, OAuthError } from '../oauth-error.ts';
import { goOffline, isOfflineScope, newSession, requireOfflinePermission } from '../sessions-of-grant.ts';
import { type Grant, type GrantRequest, requestedScope } from './grant.ts';
import { grantByCertificate, grantByPassword } from './password-proofs.ts';

/** Resource owner password credentials (RFC 6749 section 4.3), where the client has "direct access grants". */
export const passwordGrant: Grant = {
  type: 'password',
  event: 'LOGIN',
  async handle(grant) {
    const { context, realm, client, form, trace } = grant;
    trace.details['auth_method'] = client.protocol;
    if (!client.directAccessGrantsEnabled)
      throw new OAuthError(400, 'unauthorized_client', 'Client not allowed for direct access grants', 'not_allowed');
    if (client.consentRequired) throw new OAuthError(400, 'invalid_client', 'Client requires user consent', 'consent_denied');
    const scope = await requestedScope(grant);
    const { user, done, secondFactors } = (await grantByCertificate(grant)) ?? (await grantByPassword(grant, form.get('username')));
    const ended = ({ id: sessionId, userId }: UserSession): void => {
      const { details } = trace;
      const event = { realmId: realm.id, realmName: realm.realm, clientId: client.clientId, ipAddress: grant.remoteAddress };
      context.events.emit({ ...event, type: 'LOGOUT', userId, sessionId, details: { ...details } });
    };
    // The flow runs twice where it counts sessions; a code is good once.
    let right: Promise<boolean> | undefined;
    const checkOtp = (): Promise<boolean> => {
      right ??= isOtpRight(grant, user, form.get('otp') ?? form.get('totp'));
      return right;
    };
    const steps = { realm, client, user, issuer: grant.issuer, bySession: false, done, ended, checkOtp, secondFactors };
    const flow = await runLoginFlow(context, steps, 'direct_grant');
    if (flow.kind !== 'success')
      throw invalidGrant(refusalText(context, realm, flow), flow.kind === 'denied' ? flow.error : 'generic_authentication_error');
    const offline = isOfflineScope(scope);
    if (offline) await requireOfflinePermission(context, realm, client, user);
    const fresh = newSession(realm, client, user, context.clock.nowSeconds(), grant.remoteAddress, grant.issuer);
    if (!offline) await context.state.userSessions.create(realm, fresh.session, fresh.clientSession);
    const { session, clientSession } = offline ? await goOffline(context, realm, client, fresh, false) : fresh;
    trace.sessionId = session.id;
    if (!offline && countsSessions(realm, client, 'direct_grant')) {
      const again = await runLoginFlow(context, { ...steps, currentSessionId: session.id }, 'direct_grant');
      if (again.kind !== 'success') {
        await context.logouts.endSession(realm, session.id, { issuer: grant.issuer });
        throw invalidGrant(refusalText(context, realm, again), again.kind === 'denied' ? again.error : 'generic_authentication_error');
      }
    }
    return context.tokens.issue({
      realm,
      client,
      user,
      session,
      clientSession,
      scope,
      issuer: grant.issuer,
      confirmation: grant.confirmation,
      grant: 'password',
      refreshToken: true,
    });
  },
};

async function isOtpRight({ context, realm, remoteAddress }: GrantRequest, user: User, code: string | null | undefined): Promise<boolean> {
  if (!code) return false;
  const verify = () => context.secondFactors.checkOtp(realm, user, code);
  return (await context.passwordLogin.checkCode(realm, user, remoteAddress, verify)) === 'right';
}

/** Programs get the text that the page would show. */
function refusalText({ themes }: Pick<ServerContext, 'themes'>, realm: Realm, verdict: StepVerdict): string {
  const key = verdict.kind === 'denied' ? verdict.message : 'invalidFlowMessage';
  return themeText(themes.of('login', realm.loginTheme), {}, DEFAULT_LOCALE, key, []);
}
