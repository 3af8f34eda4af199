import type { FastifyReply } from 'fastify';
import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import type { CertificateUser, FlowVerdict } from '../authentication/flow/login-flow.ts';
import { certificateNotes, certificateOf, reportRefused, showCertificate } from './certificate-step.ts';
import { showExpired } from './expired-login.ts';
import { showFlowRefusal, verdictOnForms } from './flow-verdict.ts';
import type { TabLogin } from './login-in-progress.ts';
import { nextForm } from './next-form.ts';
import { clientActionNotes, proceed } from './proceed.ts';
import { sendErrorPage } from './send-page.ts';
import { showPasswordForm } from './show-step.ts';

const NO_CERTIFICATE = {
  [AUTH_NOTE.certificateStep]: undefined,
  [AUTH_NOTE.certificateUser]: undefined,
  [AUTH_NOTE.enterAgain]: undefined,
};

/** What the form says of a certificate that was of no use; a locked user is told what an unknown one is. */
const REFUSALS = {
  certificate: 'certificateRefusedMessage',
  identity: 'certificateWithoutNameMessage',
  'unknown-user': 'certificateOfNobodyMessage',
  locked: 'certificateOfNobodyMessage',
  disabled: 'certificateOfDisabledMessage',
} as const;

/** The notes of a tab in which a certificate has carried out its step. */
function carriedOut(login: TabLogin, { execution, user, names }: CertificateUser): Readonly<Record<string, string | undefined>> {
  return {
    ...certificateNotes(undefined, user.id, names),
    [AUTH_NOTE.doneSteps]: execution.id,
    [AUTH_NOTE.attemptedUsername]: user.username,
    [AUTH_NOTE.enterAgain]: undefined,
    [AUTH_NOTE.authenticatedAt]: String(login.browser.context.clock.nowSeconds()),
  };
}

/** What a tab shows first: a form, a question about a certificate, or nothing where the certificate alone was enough. */
export async function enterFlow(login: TabLogin, verdict: FlowVerdict): Promise<FastifyReply> {
  const { certificate } = verdict;
  if (certificate === undefined) {
    const problem = verdict.refused && { message: REFUSALS[verdict.refused.reason], place: 'page' as const, username: '' };
    if (login.tab.authNotes[AUTH_NOTE.enterAgain] === undefined) return showPasswordForm(login, problem);
    const next = await nextForm(login, { ...NO_CERTIFICATE, [AUTH_NOTE.flash]: login.tab.authNotes[AUTH_NOTE.flash] });
    return next === undefined ? showExpired(login) : showPasswordForm(next, problem);
  }
  if (verdict.kind === 'success')
    return proceed(login, certificate.user, {
      ...clientActionNotes(login.browser.context, login.browser.realm, login.tab),
      ...carriedOut(login, certificate),
    });
  const asks = verdict.kind === 'challenge' && verdict.execution.id === certificate.execution.id;
  const { execution, user, names } = certificate;
  const notes = asks ? { ...NO_CERTIFICATE, ...certificateNotes(execution, user.id, names) } : carriedOut(login, certificate);
  const next = await nextForm(login, notes);
  if (next === undefined) return showExpired(login);
  return asks ? showCertificate(next, execution, user.username, names) : showPasswordForm(next);
}

/** Enters the flow of a tab that was put back to its start. */
export async function enterAgain(login: TabLogin): Promise<FastifyReply> {
  const { tab } = login;
  const verdict = await verdictOnForms(login, undefined, new Set(), tab.authNotes[AUTH_NOTE.sessionId], {
    byCertificate: certificateOf(login),
  });
  reportRefused(login, verdict, tab, login.root.id);
  if (verdict.kind === 'challenge' || (verdict.kind === 'success' && verdict.certificate !== undefined)) return enterFlow(login, verdict);
  return showFlowRefusal(login, verdict, { redirect_uri: tab.redirectUri });
}

/** Goes on without the certificate: by another way of the flow, if it has one. */
async function withoutCertificate(login: TabLogin): Promise<FastifyReply> {
  const verdict = await verdictOnForms(login, undefined, new Set(), login.tab.authNotes[AUTH_NOTE.sessionId]);
  if (verdict.kind !== 'challenge') return showFlowRefusal(login, verdict, { redirect_uri: login.tab.redirectUri });
  const next = await nextForm(login, NO_CERTIFICATE);
  return next === undefined ? showExpired(login) : showPasswordForm(next);
}

/** The question about the certificate was answered. It is read again: the answer is for the one that was shown. */
export async function submitCertificate(login: TabLogin): Promise<FastifyReply> {
  const { browser, tab } = login;
  if (browser.form['cancel'] !== undefined) return withoutCertificate(login);
  const sessionId = tab.authNotes[AUTH_NOTE.sessionId];
  const shown = await verdictOnForms(login, undefined, new Set(), sessionId, { byCertificate: certificateOf(login) });
  reportRefused(login, shown, tab, login.root.id);
  const { certificate } = shown;
  if (certificate === undefined) return withoutCertificate(login);
  if (certificate.user.id !== tab.authNotes[AUTH_NOTE.certificateUser]) return sendErrorPage(browser, 400, 'differentUserMessage');
  const verdict = await verdictOnForms(login, certificate.user, new Set([certificate.execution.id]), sessionId);
  const notes = { ...carriedOut(login, certificate), [AUTH_NOTE.certificateStep]: undefined };
  if (verdict.kind === 'success')
    return proceed(login, certificate.user, { ...clientActionNotes(login.browser.context, login.browser.realm, tab), ...notes });
  if (verdict.kind !== 'challenge')
    return showFlowRefusal(login, verdict, { redirect_uri: tab.redirectUri, username: certificate.user.username });
  const next = await nextForm(login, notes);
  return next === undefined ? showExpired(login) : showPasswordForm(next);
}
