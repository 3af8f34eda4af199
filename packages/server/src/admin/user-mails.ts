import type { FastifyInstance } from 'fastify';
import { ACTION, type ActionKind, signActionToken } from '../authentication/action-token/action-token.ts';
import { actionName, isKnownAction } from '../authentication/required-actions/catalogue.ts';
import type { ServerContext } from '../context.ts';
import { ServerError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import { type LinkMail, linkMail } from '../mail/compose.ts';
import type { Client, User } from '../model/index.ts';
import { isRegistered } from '../oidc/redirect-uri.ts';
import { type AdminCall, adminRoutes, bodyOf, issuerOf } from './admin-route.ts';
import { invalidValue, notSent } from './answers.ts';
import { userOf } from './lookups.ts';
import { queryInteger, queryText } from './query.ts';
import { textListShape } from './representation-shapes.ts';

const ACCOUNT_CLIENT = 'account';
const UPDATE_PASSWORD = 'UPDATE_PASSWORD';

/** Mails with a link, on behalf of an administrator. */
export function registerUserMails(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);

  declare('PUT /users/:userId/execute-actions-email', async (call) => {
    const user = mailable(await userOf(call));
    const actions =
      call.request.body === undefined || call.request.body === '' ? [] : bodyOf<readonly string[]>(call.request, textListShape);
    if (actions.some((action) => !isKnownAction(context.features, call.realm, action)))
      throw invalidValue('Provided invalid required actions');
    await sendLink(call, user, ACTION.execute, 'executeActions', actions, 'Failed to send execute actions email');
  });

  declare('PUT /users/:userId/reset-password-email', async (call) => {
    const user = mailable(await userOf(call));
    await sendLink(call, user, ACTION.execute, 'executeActions', [UPDATE_PASSWORD], 'Failed to send execute actions email');
  });

  declare('PUT /users/:userId/send-verify-email', async (call) => {
    await sendLink(call, mailable(await userOf(call)), ACTION.verify, 'verifyEmail', undefined, 'Failed to send verify email');
  });
}

/** @throws ReplyError 400 where no link can reach the user, or help him. */
function mailable(user: User): User {
  if (user.email === undefined) throw invalidValue('User email missing');
  if (!user.enabled) throw invalidValue('User is disabled');
  return user;
}

/** The client and the address that the link ends at. */
async function targetOf(call: AdminCall): Promise<{ readonly client: Client; readonly redirectUri: string | undefined }> {
  const { context, realm, request } = call;
  const [clientId, redirectUri] = [queryText(request, 'client_id'), queryText(request, 'redirect_uri')];
  if (redirectUri !== undefined && clientId === undefined) throw invalidValue('Client id missing');
  const client = await context.state.directory.clientByClientId(realm, clientId ?? ACCOUNT_CLIENT);
  if (client === undefined) throw invalidValue("Client doesn't exist");
  if (!client.enabled) throw invalidValue('Client is not enabled');
  if (redirectUri !== undefined && !isRegistered(redirectUri, client.redirectUris, client, requestContext(request).baseUrl)) {
    throw invalidValue('Invalid redirect uri.');
  }
  return { client, redirectUri };
}

async function sendLink(
  call: AdminCall,
  user: User,
  kind: ActionKind,
  mail: LinkMail,
  actions: readonly string[] | undefined,
  whenNotSent: string,
): Promise<void> {
  const { context, realm } = call;
  const { client, redirectUri } = await targetOf(call);
  const lifespanSeconds = queryInteger(call.request, 'lifespan') ?? realm.actionTokenGeneratedByAdminLifespan;
  if (lifespanSeconds <= 0) throw invalidValue('The lifespan must be positive');
  const issuer = issuerOf(call);
  const expires = context.clock.nowSeconds() + lifespanSeconds;
  const key = await signActionToken(context, realm, issuer, user, { kind, clientId: client.clientId, expires, actions, redirectUri });
  try {
    await context.mailer.send(
      realm,
      linkMail(context.themes, {
        kind: mail,
        realm,
        user,
        link: `${issuer}/login-actions/action-token?key=${key}`,
        lifespanSeconds,
        actions: actions?.map((action) => actionName(realm, action)),
      }),
    );
  } catch (error) {
    if (!(error instanceof ServerError) || error.code !== 'KG_MAIL_NOT_SENT') throw error;
    context.logger.of('org.keycloak.services').error(`A mail to user ${user.id} of realm ${realm.realm} was not sent`, { error });
    throw notSent(whenNotSent);
  }
}
