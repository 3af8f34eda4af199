import type { FastifyInstance } from 'fastify';
import { DEFAULT_MAX_AUTH_AGE_SECONDS, MAX_AUTH_AGE } from '../authentication/required-actions/catalogue.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import type { RealmAuthentication, RequiredActionSetting } from '../model/index.ts';
import { defaultRequiredActions } from '../realm/default-flows.ts';
import { authenticationOf } from '../realm/realm-authentication.ts';
import { adminRoutes, bodyOf, parameter } from './admin-route.ts';
import { badRequest, invalidValue, notFound } from './answers.ts';
import { changeAuthentication } from './authentication-change.ts';
import { requiredActionConfigShape } from './authentication-shapes.ts';

const MAX_CONFIG_CHARACTERS = 16_384;

/** Settings of required actions: for how long a login counts when a client asks for one. */
export function registerRequiredActionConfigs(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const one = '/authentication/required-actions/:alias';

  declare(`GET ${one}/config-description`, async ({ request }) => {
    if (!isConfigurable(parameter(request, 'alias'))) throw notFound('Could not find configurable RequiredAction provider');
    return {
      properties: [
        {
          name: MAX_AUTH_AGE,
          label: 'Maximum age of the login',
          helpText: 'Seconds for which a login counts; after them who is sent here by an application logs in again.',
          type: 'String',
          defaultValue: DEFAULT_MAX_AUTH_AGE_SECONDS,
          secret: false,
          required: false,
          readOnly: false,
        },
      ],
    };
  });
  declare(`GET ${one}/config`, async ({ realm, request }) => ({
    config: actionOf(authenticationOf(realm), parameter(request, 'alias')).config,
  }));
  declare(`PUT ${one}/config`, async (call) => {
    const { config } = bodyOf<{ config?: Readonly<Record<string, string | null>> | null }>(call.request, requiredActionConfigShape);
    const checked = checkedConfig(config ?? {});
    await changeAuthentication(call, (authentication) => withConfig(authentication, parameter(call.request, 'alias'), checked));
  });
  declare(`DELETE ${one}/config`, async (call) => {
    await changeAuthentication(call, (authentication) => withConfig(authentication, parameter(call.request, 'alias'), {}));
  });
}

/** What cannot be undone wants a login of its own, whatever anybody sets. */
function isConfigurable(alias: string): boolean {
  return alias !== 'delete_account' && defaultRequiredActions.some(({ providerId }) => providerId === alias);
}

function checkedConfig(given: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  const entries = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== '');
  if (JSON.stringify(entries).length > MAX_CONFIG_CHARACTERS)
    throw invalidValue(`Settings have at most ${MAX_CONFIG_CHARACTERS} characters`);
  const config = Object.fromEntries(entries);
  const age = config[MAX_AUTH_AGE];
  const refused = (errorMessage: string, params: readonly string[]): ReplyError =>
    new ReplyError(400, { field: MAX_AUTH_AGE, errorMessage, params });
  if (age !== undefined && /^-\d{1,9}$/.test(age)) throw refused('error-number-out-of-range-too-small', [MAX_AUTH_AGE, '0']);
  if (age !== undefined && !/^\d{1,9}$/.test(age)) throw refused('error-invalid-value', [MAX_AUTH_AGE]);
  return config;
}

function withConfig(authentication: RealmAuthentication, alias: string, config: Readonly<Record<string, string>>): RealmAuthentication {
  const changed = { ...actionOf(authentication, alias), config };
  return { ...authentication, requiredActions: authentication.requiredActions.map((one) => (one.alias === alias ? changed : one)) };
}

function actionOf({ requiredActions }: RealmAuthentication, alias: string): RequiredActionSetting {
  const action = requiredActions.find((one) => one.alias === alias);
  if (action === undefined || !isConfigurable(action.providerId)) throw badRequest('RequiredAction is not configurable');
  return action;
}
