import { randomUUID } from 'node:crypto';
import type { AuthenticationExecution, AuthenticationFlow, AuthenticatorConfig, RealmAuthentication } from '../model/index.ts';
import { flowById, orderedExecutions } from './realm-authentication.ts';

// Pure changes of the flows of a realm. Whoever calls them has checked that what they name is there.

/** Flows of one realm, and steps of one flow. */
export const MAX_FLOWS = 500;
export const MAX_EXECUTIONS = 100;

export function withFlow(authentication: RealmAuthentication, flow: AuthenticationFlow): RealmAuthentication {
  const known = authentication.flows.some(({ id }) => id === flow.id);
  const flows = known ? authentication.flows.map((one) => (one.id === flow.id ? flow : one)) : [...authentication.flows, flow];
  return { ...authentication, flows };
}

export function withExecution(
  authentication: RealmAuthentication,
  flow: AuthenticationFlow,
  execution: AuthenticationExecution,
): RealmAuthentication {
  const known = flow.executions.some(({ id }) => id === execution.id);
  const executions = known ? flow.executions.map((one) => (one.id === execution.id ? execution : one)) : [...flow.executions, execution];
  return withFlow(authentication, { ...flow, executions });
}

export function withConfig(authentication: RealmAuthentication, config: AuthenticatorConfig): RealmAuthentication {
  const known = authentication.configs.some(({ id }) => id === config.id);
  const configs = known ? authentication.configs.map((one) => (one.id === config.id ? config : one)) : [...authentication.configs, config];
  return { ...authentication, configs };
}

/** Takes a config out, from the steps that use it too. */
export function withoutConfig(authentication: RealmAuthentication, configId: string): RealmAuthentication {
  return {
    ...authentication,
    configs: authentication.configs.filter(({ id }) => id !== configId),
    flows: authentication.flows.map((flow) => ({
      ...flow,
      executions: flow.executions.map((execution) => {
        if (execution.configId !== configId) return execution;
        const { configId: _, ...rest } = execution;
        return rest;
      }),
    })),
  };
}

/** Takes a step out, with the flow that it stands for and that flow's parts. */
export function withoutExecution(
  authentication: RealmAuthentication,
  flow: AuthenticationFlow,
  execution: AuthenticationExecution,
): RealmAuthentication {
  const rest = withFlow(authentication, { ...flow, executions: flow.executions.filter(({ id }) => id !== execution.id) });
  const inside = flowById(rest, execution.flowId);
  const without = inside === undefined ? rest : withoutFlow(rest, inside);
  return execution.configId === undefined ? without : withoutConfig(without, execution.configId);
}

export function withoutFlow(authentication: RealmAuthentication, flow: AuthenticationFlow): RealmAuthentication {
  const gone = new Set(withParts(authentication, flow).map(({ id }) => id));
  return { ...authentication, flows: authentication.flows.filter(({ id }) => !gone.has(id)) };
}

/** A flow and all flows inside it. */
export function withParts(authentication: RealmAuthentication, flow: AuthenticationFlow): readonly AuthenticationFlow[] {
  const found = new Map<string, AuthenticationFlow>();
  const visit = (one: AuthenticationFlow | undefined): void => {
    if (one === undefined || found.has(one.id)) return;
    found.set(one.id, one);
    for (const { flowId } of one.executions) visit(flowById(authentication, flowId));
  };
  visit(flow);
  return [...found.values()];
}

/** A copy of a flow with copies of all its parts and settings; their aliases begin with the new name. */
export function copyFlow(
  authentication: RealmAuthentication,
  flow: AuthenticationFlow,
  alias: string,
): { readonly authentication: RealmAuthentication; readonly copyId: string } {
  const parts = withParts(authentication, flow);
  const flowIds = new Map(parts.map(({ id }) => [id, randomUUID()]));
  const configs = new Map<string, AuthenticatorConfig>();
  const copyOfConfig = (configId: string | undefined): string | undefined => {
    const original = authentication.configs.find(({ id }) => id === configId);
    if (original === undefined) return undefined;
    const copy = configs.get(original.id) ?? { ...original, id: randomUUID(), alias: `${alias} ${original.alias}` };
    configs.set(original.id, copy);
    return copy.id;
  };
  const copies = parts.map((part): AuthenticationFlow => {
    const executions = part.executions.map(({ configId, flowId, ...rest }): AuthenticationExecution => {
      const config = copyOfConfig(configId);
      return {
        ...rest,
        id: randomUUID(),
        ...(flowId === undefined ? {} : { flowId: flowIds.get(flowId) }),
        ...(config === undefined ? {} : { configId: config }),
      };
    });
    return {
      ...part,
      id: flowIds.get(part.id) ?? randomUUID(),
      alias: part.id === flow.id ? alias : `${alias} ${part.alias}`,
      builtIn: false,
      executions,
    };
  });
  return {
    copyId: flowIds.get(flow.id) ?? '',
    authentication: {
      ...authentication,
      flows: [...authentication.flows, ...copies],
      configs: [...authentication.configs, ...configs.values()],
    },
  };
}

/** Priority of a step that comes after all others. */
export function nextPriority(flow: AuthenticationFlow): number {
  return Math.max(-1, ...flow.executions.map(({ priority }) => priority)) + 1;
}

/** Moves a step one place up or down: the two change places. */
export function shiftExecution(flow: AuthenticationFlow, executionId: string, by: -1 | 1): AuthenticationFlow {
  const ordered = orderedExecutions(flow);
  const at = ordered.findIndex(({ id }) => id === executionId);
  const [moved, other] = [ordered[at], ordered[at + by]];
  if (moved === undefined || other === undefined) return flow;
  const priorities = new Map([
    [moved.id, other.priority],
    [other.id, moved.priority],
  ]);
  return { ...flow, executions: flow.executions.map((one) => ({ ...one, priority: priorities.get(one.id) ?? one.priority })) };
}
