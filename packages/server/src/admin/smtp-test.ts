import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { ServerError } from '../http/errors.ts';
import { testMail } from '../mail/compose.ts';
import { type SmtpSettings, sendBySettings } from '../mail/mailer.ts';
import { adminRoutes, bodyOf } from './admin-route.ts';
import { notSent } from './answers.ts';
import { MASK } from './realms.ts';
import { smtpShape } from './representation-shapes.ts';

/** Tries mail settings out by a mail to the administrator himself. */
export function registerSmtpTest(app: FastifyInstance, context: ServerContext): void {
  adminRoutes(app, context)('POST /testSMTPConnection', async ({ request, realm, admin }) => {
    const given = bodyOf<SmtpSettings>(request, smtpShape);
    const kept = realm.smtpServer['password'];
    const settings = given['password'] === MASK && kept !== undefined ? { ...given, password: kept } : given;
    if (admin.user.email === undefined) throw notSent('Failed to send email');
    try {
      await sendBySettings(settings, testMail(context.themes, realm, admin.user));
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      context.logger.of('org.keycloak.services').error(`The test mail of realm ${realm.realm} was not sent`, { error });
      throw notSent('Failed to send email');
    }
  });
}
