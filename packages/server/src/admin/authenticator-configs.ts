import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { isConfigurable, type ProviderKind, type StepProvider, stepProvider, usableProviders } from '../authentication/flow/providers.ts';
import { isSwitchedOff } from '../config/feature-switches.ts';
import type { ServerContext } from '../context.ts';
import type { AuthenticatorConfig, RealmAuthentication } from '../model/index.ts';
import type { Representation } from '../realm/fields.ts';
import { withConfig, withExecution, withoutConfig } from '../realm/flow-editing.ts';
import { authenticationOf, configById, flowHolding } from '../realm/realm-authentication.ts';
import { adminRoutes, bodyOf, created, parameter } from './admin-route.ts';
import { badRequest, invalidValue, notFound } from './answers.ts';
import { changeAuthentication } from './authentication-change.ts';
import { authenticatorConfigShape } from './authentication-shapes.ts';

interface ConfigBody {
  readonly alias?: string | null;
  readonly config?: Readonly<Record<string, string>> | null;
}

const MAX_ALIAS_CHARACTERS = 255;
const MAX_CONFIG_CHARACTERS = 16_384;

/** What steps can be, and the settings of those that are there. */
export function registerAuthenticatorConfigs(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);

  const providerLists: readonly (readonly [string, readonly ProviderKind[]])[] = [
    ['authenticator-providers', ['authenticator', 'condition']],
    ['form-action-providers', ['form-action']],
    ['form-providers', ['form']],
  ];
  for (const [name, kinds] of providerLists) {
    declare(`GET /authentication/${name}`, async () =>
      usableProviders(...kinds)
        .filter(({ id }) => !isSwitchedOff(context.features, 'authenticator', id))
        .map(({ id, displayName, description }) => ({ displayName, description, id })),
    );
  }
  declare('GET /authentication/client-authenticator-providers', async () =>
    usableProviders('client').map(({ id, displayName, description }) => ({
      supportsSecret: id.includes('secret'),
      displayName,
      description,
      id,
    })),
  );
  declare('GET /authentication/per-client-config-description', async () =>
    Object.fromEntries(usableProviders('client').map(({ id }) => [id, []])),
  );
  declare('GET /authentication/config-description/:providerId', async ({ request }) => {
    const provider = stepProvider(parameter(request, 'providerId'));
    if (provider === undefined) throw notFound('Could not find authenticator provider');
    return describe(provider);
  });

  declare('POST /authentication/executions/:executionId/config', async (call) => {
    const config = readConfig(bodyOf<ConfigBody>(call.request, authenticatorConfigShape), randomUUID());
    const executionId = parameter(call.request, 'executionId');
    await changeAuthentication(call, (authentication) => {
      const flow = flowHolding(authentication, executionId);
      const execution = flow?.executions.find(({ id }) => id === executionId);
      if (flow === undefined || execution === undefined) throw notFound('Illegal execution');
      const provider = stepProvider(execution.authenticator);
      if (provider === undefined || !isConfigurable(provider)) throw badRequest('The step has no settings');
      refuseTakenAlias(authentication, config);
      return withConfig(withExecution(authentication, flow, { ...execution, configId: config.id }), config);
    });
    return created(call, `/authentication/executions/${executionId}/config/${config.id}`);
  });

  const one = '/authentication/config/:configId';
  declare(`GET ${one}`, async ({ realm, request }) => configOf(authenticationOf(realm), parameter(request, 'configId')));
  declare(`PUT ${one}`, async (call) => {
    const body = bodyOf<ConfigBody>(call.request, authenticatorConfigShape);
    await changeAuthentication(call, (authentication) => {
      const before = configOf(authentication, parameter(call.request, 'configId'));
      const config = readConfig({ ...body, alias: body.alias ?? before.alias }, before.id);
      refuseTakenAlias(authentication, config);
      return withConfig(authentication, config);
    });
  });
  declare(`DELETE ${one}`, async (call) => {
    const id = parameter(call.request, 'configId');
    await changeAuthentication(call, (authentication) => withoutConfig(authentication, configOf(authentication, id).id));
  });
}

function configOf(authentication: RealmAuthentication, id: string): AuthenticatorConfig {
  const config = configById(authentication, id);
  if (config === undefined) throw notFound('Could not find authenticator config');
  return config;
}

function readConfig({ alias, config }: ConfigBody, id: string): AuthenticatorConfig {
  if (!alias) throw badRequest('Alias missing');
  if (alias.length > MAX_ALIAS_CHARACTERS) throw invalidValue(`An alias has at most ${MAX_ALIAS_CHARACTERS} characters`);
  const entries = Object.entries(config ?? {}).filter(([, value]) => value !== null && value !== '');
  if (JSON.stringify(entries).length > MAX_CONFIG_CHARACTERS)
    throw invalidValue(`Settings have at most ${MAX_CONFIG_CHARACTERS} characters`);
  return { id, alias, config: Object.fromEntries(entries) };
}

function refuseTakenAlias(authentication: RealmAuthentication, { id, alias }: AuthenticatorConfig): void {
  if (authentication.configs.some((other) => other.alias === alias && other.id !== id)) {
    throw invalidValue(`Authentication config alias ${alias} already exists`);
  }
}

function describe({ id, displayName, description, properties }: StepProvider): Representation {
  return {
    name: displayName,
    providerId: id,
    ...(description === undefined ? {} : { helpText: description }),
    properties: (properties ?? []).map((property) => ({ ...property, secret: false, required: false, readOnly: false })),
  };
}
