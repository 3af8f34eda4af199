import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { localizationTexts } from '../realm/localization.ts';
import { textsFor } from './console-texts.ts';

const CONSOLES = ['admin', 'account'] as const;
/** A language tag: `en`, `pt-BR`. */
const LOCALE = /^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}$/;

/**
 * Texts of a console in one language, with the realm's own above them: GET /resources/{realm}/{admin|account}/{locale}.
 * Any language can be asked for, whether the realm offers it or not.
 */
export function registerMessageBundles(app: FastifyInstance, context: ServerContext): void {
  for (const name of CONSOLES) {
    app.get(`/resources/:realm/${name}/:locale`, async (request, reply) => {
      const params = request.params as { realm: string; locale: string };
      const realm = LOCALE.test(params.locale) ? await context.state.directory.realmByName(params.realm) : undefined;
      if (realm === undefined) throw new ReplyError(404, { error: 'Realm does not exist' });
      reply.header('cache-control', 'no-cache');
      return Object.entries(textsFor(name, params.locale, localizationTexts(realm))).map(([key, value]) => ({ key, value }));
    });
  }
}
