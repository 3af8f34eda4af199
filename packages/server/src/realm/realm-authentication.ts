import type {
  AuthenticationExecution,
  AuthenticationFlow,
  AuthenticatorConfig,
  Client,
  Realm,
  RealmAuthentication,
} from '../model/index.ts';
import { defaultAuthentication } from './default-flows.ts';

/** Where a flow is used, by the name that clients override it with. */
export type FlowBinding = 'browser' | 'direct_grant';

/** Fields of the realm that name the flow of a use by its alias. */
export const flowFields = {
  browser: 'browserFlow',
  registration: 'registrationFlow',
  direct_grant: 'directGrantFlow',
  reset_credentials: 'resetCredentialsFlow',
  clients: 'clientAuthenticationFlow',
  docker: 'dockerAuthenticationFlow',
  first_broker_login: 'firstBrokerLoginFlow',
} as const;

/** For realms that were stored before they named their flows. */
const usualAlias: Readonly<Record<FlowBinding, string>> = { browser: 'browser', direct_grant: 'direct grant' };

const known = new WeakMap<Realm, RealmAuthentication>();

/** Flows, settings and required actions of a realm: its own, or those that every realm begins with. */
export function authenticationOf(realm: Realm): RealmAuthentication {
  const found = realm.authentication ?? known.get(realm);
  if (found !== undefined) return found;
  const defaults = defaultAuthentication(realm.id);
  known.set(realm, defaults);
  return defaults;
}

export function flowById({ flows }: RealmAuthentication, id: string | undefined): AuthenticationFlow | undefined {
  return id === undefined ? undefined : flows.find((flow) => flow.id === id);
}

export function flowByAlias({ flows }: RealmAuthentication, alias: string | undefined): AuthenticationFlow | undefined {
  return alias === undefined ? undefined : flows.find((flow) => flow.alias === alias);
}

export function configById({ configs }: RealmAuthentication, id: string | undefined): AuthenticatorConfig | undefined {
  return id === undefined ? undefined : configs.find((config) => config.id === id);
}

/** The steps of a flow in their order. */
export function orderedExecutions(flow: AuthenticationFlow): readonly AuthenticationExecution[] {
  return flow.executions.toSorted((one, other) => one.priority - other.priority);
}

/** The flow that a login of this client goes through: its own choice, else the realm's. */
export function boundFlow(realm: Realm, client: Client, binding: FlowBinding): AuthenticationFlow | undefined {
  const authentication = authenticationOf(realm);
  const chosen = flowById(authentication, client.authenticationFlowBindingOverrides[binding] || undefined);
  return chosen ?? flowByAlias(authentication, (realm.other[flowFields[binding]] as string | undefined) ?? usualAlias[binding]);
}

/** Uses of a flow in its realm, as field names. */
export function usesOf(realm: Realm, flow: AuthenticationFlow): readonly string[] {
  return Object.values(flowFields).filter((field) => realm.other[field] === flow.alias);
}

/** The first step of an authenticator that is switched on, in the flow or in its parts. */
export function findExecution(
  authentication: RealmAuthentication,
  flow: AuthenticationFlow | undefined,
  authenticator: string,
): AuthenticationExecution | undefined {
  for (const execution of flow === undefined ? [] : orderedExecutions(flow)) {
    if (execution.requirement === 'DISABLED') continue;
    if (execution.authenticator === authenticator) return execution;
    const inside = findExecution(authentication, flowById(authentication, execution.flowId), authenticator);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** The flow that holds an execution. */
export function flowHolding({ flows }: RealmAuthentication, executionId: string): AuthenticationFlow | undefined {
  return flows.find(({ executions }) => executions.some(({ id }) => id === executionId));
}
