import { randomUUID } from 'node:crypto';
import type { AuthenticationExecution, AuthenticationFlow, Realm, RealmAuthentication } from '../model/index.ts';
import { defaultAuthentication, defaultRequiredActions } from './default-flows.ts';
import type { Fields, Representation } from './fields.ts';
import { authenticationOf, configById, flowById, orderedExecutions } from './realm-authentication.ts';

const requirements = ['REQUIRED', 'ALTERNATIVE', 'DISABLED', 'CONDITIONAL'] as const;
const MAX_FLOWS = 500;
const MAX_EXECUTIONS_OF_FLOW = 100;

/** Flows, settings and required actions of a realm file; undefined where it brings none of them. */
export function authenticationFromRepresentation(fields: Fields, realmId: string): RealmAuthentication | undefined {
  const flowFields = fields.objects('authenticationFlows', 'alias');
  const actionFields = fields.objects('requiredActions', 'alias');
  if (flowFields === undefined && actionFields === undefined) return undefined;
  const defaults = defaultAuthentication(realmId);
  const requiredActions = actionFields?.map((one) => ({
    alias: one.requiredText('alias'),
    name: one.text('name') ?? one.requiredText('alias'),
    providerId: one.text('providerId') ?? one.requiredText('alias'),
    enabled: one.flag('enabled') ?? false,
    defaultAction: one.flag('defaultAction') ?? false,
    priority: one.integer('priority') ?? 0,
    config: one.textMap('config') ?? {},
  }));
  if (flowFields === undefined) return { ...defaults, requiredActions: requiredActions ?? defaultRequiredActions };
  if (flowFields.length > MAX_FLOWS) fields.refuse('authenticationFlows', `has more than ${MAX_FLOWS} flows`);
  const configs = (fields.objects('authenticatorConfig', 'alias') ?? []).map((one) => ({
    id: one.text('id') ?? randomUUID(),
    alias: one.requiredText('alias'),
    config: one.textMap('config') ?? {},
  }));
  const ids = new Map(flowFields.map((one) => [one.requiredText('alias'), one.text('id') ?? randomUUID()]));
  if (ids.size !== flowFields.length) fields.refuse('authenticationFlows', 'has two flows of one alias');
  const configIds = new Map(configs.map(({ alias, id }) => [alias, id]));
  const flows = [...flowFields.map((one) => flowFromFields(one, ids, configIds)), ...missingDefaults(defaults, ids)];
  const used = new Set(flows.flatMap(({ executions }) => executions.map(({ configId }) => configId)));
  return {
    flows,
    configs: [...configs, ...defaults.configs.filter(({ id, alias }) => used.has(id) && !configIds.has(alias))],
    requiredActions: requiredActions ?? defaultRequiredActions,
  };
}

/** The flows that every realm has and the file does not name; a part that the file does name is the file's. */
function missingDefaults(defaults: RealmAuthentication, ids: ReadonlyMap<string, string>): readonly AuthenticationFlow[] {
  const aliases = new Map(defaults.flows.map(({ id, alias }) => [id, alias]));
  return defaults.flows
    .filter(({ alias }) => !ids.has(alias))
    .map((flow) => ({
      ...flow,
      executions: flow.executions.map((execution) => {
        const ofFile = ids.get(aliases.get(execution.flowId ?? '') ?? '');
        return ofFile === undefined ? execution : { ...execution, flowId: ofFile };
      }),
    }));
}

function flowFromFields(fields: Fields, ids: ReadonlyMap<string, string>, configIds: ReadonlyMap<string, string>): AuthenticationFlow {
  const alias = fields.requiredText('alias');
  const executions = fields.objects('authenticationExecutions', 'authenticator') ?? [];
  if (executions.length > MAX_EXECUTIONS_OF_FLOW)
    fields.refuse('authenticationExecutions', `has more than ${MAX_EXECUTIONS_OF_FLOW} steps`);
  const description = fields.text('description');
  return {
    id: ids.get(alias) ?? randomUUID(),
    alias,
    ...(description === undefined ? {} : { description }),
    providerId: fields.text('providerId') ?? 'basic-flow',
    topLevel: fields.flag('topLevel') ?? false,
    builtIn: fields.flag('builtIn') ?? false,
    executions: executions.map((one): AuthenticationExecution => {
      const flowAlias = one.text('flowAlias');
      if (flowAlias !== undefined && !ids.has(flowAlias)) one.refuse('flowAlias', 'is the alias of no flow of the file');
      const config = one.text('authenticatorConfig');
      const authenticator = one.text('authenticator');
      return {
        id: randomUUID(),
        requirement: one.choice('requirement', requirements) ?? 'DISABLED',
        priority: one.integer('priority') ?? 0,
        ...(authenticator === undefined ? {} : { authenticator }),
        ...(flowAlias === undefined ? {} : { flowId: ids.get(flowAlias) }),
        ...(config === undefined || !configIds.has(config) ? {} : { configId: configIds.get(config) }),
      };
    }),
  };
}

/** One flow as Admin REST and exports show it. */
export function flowToRepresentation(authentication: RealmAuthentication, flow: AuthenticationFlow): Representation {
  const { id, alias, description, providerId, topLevel, builtIn } = flow;
  return {
    id,
    alias,
    ...(description === undefined ? {} : { description }),
    providerId,
    topLevel,
    builtIn,
    authenticationExecutions: orderedExecutions(flow).map((execution) => {
      const isFlow = execution.flowId !== undefined;
      const config = configById(authentication, execution.configId);
      return {
        ...(config === undefined ? {} : { authenticatorConfig: config.alias }),
        ...(execution.authenticator === undefined ? {} : { authenticator: execution.authenticator }),
        authenticatorFlow: isFlow,
        requirement: execution.requirement,
        priority: execution.priority,
        // The name with the missing letter is what clients of the original read.
        autheticatorFlow: isFlow,
        ...(isFlow ? { flowAlias: flowById(authentication, execution.flowId)?.alias } : {}),
        userSetupAllowed: false,
      };
    }),
  };
}

/** The parts of a realm export that tell of authentication. */
export function authenticationToRepresentation(realm: Realm): Representation {
  const authentication = authenticationOf(realm);
  const byAlias = <T extends { readonly alias: string }>(items: readonly T[]): readonly T[] =>
    items.toSorted((one, other) => (one.alias < other.alias ? -1 : 1));
  return {
    authenticationFlows: byAlias(authentication.flows).map((flow) => flowToRepresentation(authentication, flow)),
    authenticatorConfig: byAlias(authentication.configs),
    requiredActions: authentication.requiredActions,
  };
}
