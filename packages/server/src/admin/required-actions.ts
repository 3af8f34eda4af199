import type { FastifyInstance } from 'fastify';
import { isSwitchedOff } from '../config/feature-switches.ts';
import type { ServerContext } from '../context.ts';
import type { RealmAuthentication, RequiredActionSetting } from '../model/index.ts';
import { defaultRequiredActions } from '../realm/default-flows.ts';
import { authenticationOf } from '../realm/realm-authentication.ts';
import { adminRoutes, bodyOf, parameter } from './admin-route.ts';
import { badRequest, invalidValue, notFound } from './answers.ts';
import { changeAuthentication } from './authentication-change.ts';
import { requiredActionShape } from './authentication-shapes.ts';

const MAX_NAME_CHARACTERS = 255;

type ActionBody = { readonly [Name in keyof RequiredActionSetting]?: RequiredActionSetting[Name] | null };

/** Which required actions the realm has, in which order, and which new users get. */
export function registerRequiredActions(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const one = '/authentication/required-actions/:alias';

  declare('GET /authentication/required-actions', async ({ realm }) =>
    ordered(authenticationOf(realm)).filter(({ providerId }) => !isSwitchedOff(context.features, 'requiredAction', providerId)),
  );
  declare(`GET ${one}`, async ({ realm, request }) => actionOf(authenticationOf(realm), parameter(request, 'alias')));

  declare(`PUT ${one}`, async (call) => {
    const body = bodyOf<ActionBody>(call.request, requiredActionShape);
    if ((body.name?.length ?? 0) > MAX_NAME_CHARACTERS) throw invalidValue(`A name has at most ${MAX_NAME_CHARACTERS} characters`);
    await changeAuthentication(call, (authentication) => {
      const current = actionOf(authentication, parameter(call.request, 'alias'));
      return withAction(authentication, {
        ...current,
        name: body.name ?? current.name,
        enabled: body.enabled ?? false,
        defaultAction: body.defaultAction ?? false,
        priority: body.priority ?? current.priority,
        config: body.config ?? current.config,
      });
    });
  });

  declare(`DELETE ${one}`, async (call) => {
    await changeAuthentication(call, (authentication) => {
      const { alias } = actionOf(authentication, parameter(call.request, 'alias'), 'Failed to find required action.');
      return { ...authentication, requiredActions: authentication.requiredActions.filter((action) => action.alias !== alias) };
    });
  });

  for (const [verb, by] of [
    ['raise-priority', -1],
    ['lower-priority', 1],
  ] as const) {
    declare(`POST ${one}/${verb}`, async (call) => {
      await changeAuthentication(call, (authentication) => {
        const moved = actionOf(authentication, parameter(call.request, 'alias'), 'Failed to find required action.');
        const list = ordered(authentication);
        const other = list[list.findIndex(({ alias }) => alias === moved.alias) + by];
        if (other === undefined) return authentication;
        return withAction(withAction(authentication, { ...moved, priority: other.priority }), { ...other, priority: moved.priority });
      });
    });
  }

  declare('GET /authentication/unregistered-required-actions', async ({ realm }) =>
    unregistered(authenticationOf(realm)).map(({ providerId, name }) => ({ providerId, name })),
  );
  declare('POST /authentication/register-required-action', async (call) => {
    const { providerId } = bodyOf<ActionBody>(call.request, requiredActionShape);
    await changeAuthentication(call, (authentication) => {
      const action = unregistered(authentication).find((one) => one.providerId === providerId);
      if (action === undefined) throw badRequest(`Required Action Provider with given providerId not found`);
      return { ...authentication, requiredActions: [...authentication.requiredActions, action] };
    });
  });
}

function ordered({ requiredActions }: RealmAuthentication): readonly RequiredActionSetting[] {
  return requiredActions.toSorted((one, other) => one.priority - other.priority);
}

function unregistered({ requiredActions }: RealmAuthentication): readonly RequiredActionSetting[] {
  return defaultRequiredActions.filter(({ providerId }) => !requiredActions.some((one) => one.providerId === providerId));
}

function actionOf({ requiredActions }: RealmAuthentication, alias: string, text = 'Failed to find required action'): RequiredActionSetting {
  const action = requiredActions.find((one) => one.alias === alias);
  if (action === undefined) throw notFound(text);
  return action;
}

function withAction(authentication: RealmAuthentication, action: RequiredActionSetting): RealmAuthentication {
  return { ...authentication, requiredActions: authentication.requiredActions.map((one) => (one.alias === action.alias ? action : one)) };
}
