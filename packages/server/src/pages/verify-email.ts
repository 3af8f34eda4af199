import type { FastifyReply } from 'fastify';
import { ACTION } from '../authentication/action-token/action-token.ts';
import { AUTH_NOTE, hasSessionCode } from '../authentication/authentication-tab.ts';
import { mustVerifyEmail, VERIFY_EMAIL } from '../authentication/required-actions/catalogue.ts';
import { linkMail } from '../mail/compose.ts';
import type { User } from '../model/index.ts';
import { showExpired } from './expired-login.ts';
import { loginActionUrl, type TabLogin } from './login-in-progress.ts';
import { mailedLink } from './mailed-link.ts';
import { nextForm, nextStep } from './next-form.ts';
import { type Alert, sendPage, text } from './send-page.ts';

/** Nobody's mailbox is filled by reloading a page. */
const COOLDOWN_SECONDS = 30;

/** The page that waits for the link in the mail; the first visit of the tab sends it, further ones on demand. */
export async function showVerifyEmail(login: TabLogin, user: User): Promise<FastifyReply> {
  const { browser, tab } = login;
  if (!mustVerifyEmail(browser.realm, user)) return nextStep(login, user, {});
  const sent = tab.authNotes[AUTH_NOTE.verifyEmailSent] === user.email;
  const again = sent && hasSessionCode(tab, browser.query['session_code']);
  const alert: Alert = sent && !again ? { type: 'warning', message: 'verifyEmailMessage' } : await sendVerification(login, user, again);
  const next = await nextForm(login, { [AUTH_NOTE.verifyEmailSent]: user.email });
  if (next === undefined) return showExpired(login);
  return sendPage(browser, {
    template: 'login-verify-email',
    heading: 'verifyEmailHeading',
    alert,
    again: loginActionUrl(login, 'required-action', next.tab, { execution: VERIFY_EMAIL }),
    data: {
      instruction: text('verifyEmailInstruction', [user.email ?? '']),
      resendUrl: loginActionUrl(login, 'required-action', next.tab, {
        sessionCode: next.tab.authNotes[AUTH_NOTE.sessionCode],
        execution: VERIFY_EMAIL,
      }),
    },
  });
}

async function sendVerification(login: TabLogin, user: User, again: boolean): Promise<Alert> {
  const { browser, client, root, tab } = login;
  const { context, realm } = browser;
  const free = await context.state.singleUseObjects.putIfAbsent(`verify-email-sent:${realm.id}:${user.id}`, COOLDOWN_SECONDS);
  if (again && !free) return { type: 'error', message: 'verifyEmailCooldownMessage', parameters: [String(COOLDOWN_SECONDS)] };
  const link = await mailedLink(login, user, ACTION.verify);
  const event = {
    realmId: realm.id,
    realmName: realm.realm,
    clientId: client.clientId,
    userId: user.id,
    ipAddress: browser.http.remoteAddress,
    details: {
      auth_method: client.protocol,
      redirect_uri: tab.redirectUri,
      code_id: root.id,
      email: user.email ?? '',
      username: user.username,
    },
  };
  try {
    await context.mailer.send(realm, linkMail(context.themes, { kind: 'verifyEmail', realm, user, pageLocale: browser.locale, ...link }));
  } catch (error) {
    context.logger
      .of('org.keycloak.services')
      .error(`The verification mail to user ${user.id} of realm ${realm.realm} was not sent`, { error });
    context.events.emit({ ...event, type: 'SEND_VERIFY_EMAIL_ERROR', error: 'email_send_failed' });
    return { type: 'error', message: 'mailNotSentMessage' };
  }
  context.events.emit({ ...event, type: 'SEND_VERIFY_EMAIL' });
  return { type: 'warning', message: 'verifyEmailMessage' };
}
