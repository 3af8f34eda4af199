import { consoleTexts } from '@keygrid/console';
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { localizationTexts, type Texts } from '../realm/localization.ts';

const CONSOLES = ['admin', 'account'] as const;
/** A language tag: `en`, `pt-BR`. */
const LOCALE = /^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}$/;

/**
 * Texts of a console in one language, with the realm's own above them: GET /resources/{realm}/{admin|account}/{locale}.
 * Another language than English has the realm's texts only; the console fills the gaps in English.
 */
export function registerMessageBundles(app: FastifyInstance, context: ServerContext): void {
  for (const name of CONSOLES) {
    const english = consoleTexts(name);
    app.get(`/resources/:realm/${name}/:locale`, async (request, reply) => {
      const params = request.params as { realm: string; locale: string };
      const realm = LOCALE.test(params.locale) ? await context.state.directory.realmByName(params.realm) : undefined;
      if (realm === undefined) throw new ReplyError(404, { error: 'Realm does not exist' });
      const own: Texts = localizationTexts(realm)[params.locale] ?? {};
      const texts = { ...(params.locale === 'en' ? english : {}), ...own };
      reply.header('cache-control', 'no-cache');
      return Object.entries(texts).map(([key, value]) => ({ key, value }));
    });
  }
}
