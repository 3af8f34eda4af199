import type { FastifyReply } from 'fastify';
import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import type { CertificateReader, FlowVerdict } from '../authentication/flow/login-flow.ts';
import { certificateDetails, certificateStep } from '../authentication/steps/certificate.ts';
import type { AuthenticationExecution, AuthenticationTab } from '../model/index.ts';
import type { CertificateNames } from '../x509/certificate-login.ts';
import { emitLoginError, responseDetails } from './login-error.ts';
import { type Login, loginActionUrl, type TabLogin } from './login-in-progress.ts';
import { sendPage } from './send-page.ts';

/** Reads the certificate of this request for the flow, and logs why one was refused. */
export function certificateOf(login: Login): CertificateReader {
  const { context, realm, request } = login.browser;
  return async (config) => {
    const chain = await context.certificates.chainOf(request);
    const outcome = await certificateStep(context, realm, chain, config);
    if (outcome.kind === 'refused') {
      context.logger.of('org.keycloak.services').debug(`A certificate was refused in realm ${realm.realm}: ${outcome.message}`);
    }
    return outcome;
  };
}

/**
 * The event of a certificate that was refused, if one was: the user sees another way to log in.
 * @param codeId id of the root session; undefined where the flow ends before there is one
 */
export function reportRefused(
  login: Login,
  { refused }: Pick<FlowVerdict, 'refused'>,
  asked: Pick<AuthenticationTab, 'redirectUri' | 'clientNotes'>,
  codeId: string | undefined,
): void {
  if (refused === undefined) return;
  const { event: error, user, names } = refused;
  emitLoginError(login, {
    error,
    userId: user?.id,
    details: {
      ...responseDetails(asked.clientNotes),
      redirect_uri: asked.redirectUri,
      ...(codeId === undefined ? {} : { code_id: codeId }),
      ...certificateDetails(names),
    },
  });
}

/** Notes of a tab whose user a certificate named. */
export function certificateNotes(execution: AuthenticationExecution | undefined, userId: string, names: CertificateNames | undefined) {
  return {
    [AUTH_NOTE.certificateStep]: execution?.id,
    [AUTH_NOTE.certificateUser]: userId,
    ...(names === undefined ? {} : certificateDetails(names)),
  };
}

/** Asks whether to log in as the user whom the certificate names. */
export function showCertificate(
  login: Login & Pick<TabLogin, 'tab'>,
  execution: AuthenticationExecution,
  username: string,
  names: CertificateNames,
): FastifyReply {
  const { browser, tab } = login;
  return sendPage(browser, {
    template: 'login-x509-info',
    heading: 'loginHeading',
    data: {
      action: loginActionUrl(login, 'authenticate', tab, { sessionCode: tab.authNotes[AUTH_NOTE.sessionCode], execution: execution.id }),
      subject: names.subject,
      username,
    },
  });
}
