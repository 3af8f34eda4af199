import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { flowChoices, isConfigurable, stepProvider, usableProviders } from '../authentication/flow/providers.ts';
import type { ServerContext } from '../context.ts';
import type { AuthenticationExecution, AuthenticationFlow, RealmAuthentication, Requirement } from '../model/index.ts';
import type { Representation } from '../realm/fields.ts';
import {
  MAX_EXECUTIONS,
  MAX_FLOWS,
  nextPriority,
  shiftExecution,
  withExecution,
  withFlow,
  withoutExecution,
} from '../realm/flow-editing.ts';
import { authenticationOf, configById, flowByAlias, flowById, flowHolding, orderedExecutions } from '../realm/realm-authentication.ts';
import { adminRoutes, bodyOf, created, parameter } from './admin-route.ts';
import { badRequest, invalidValue, notFound, taken } from './answers.ts';
import { changeAuthentication } from './authentication-change.ts';
import { executionInfoShape, newExecutionShape } from './authentication-shapes.ts';

interface NewExecution {
  readonly provider?: string | null;
  readonly alias?: string | null;
  readonly type?: string | null;
  readonly description?: string | null;
  readonly priority?: number | null;
}

interface ExecutionInfo {
  readonly id?: string | null;
  readonly requirement?: string | null;
  readonly priority?: number | null;
  readonly displayName?: string | null;
  readonly description?: string | null;
}

/** The steps of flows: the list with all sub-flows, adding, changing, moving, removing. */
export function registerAuthenticationExecutions(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const list = '/authentication/flows/:flowAlias/executions';

  declare(`GET ${list}`, async ({ realm, request }) => {
    const authentication = authenticationOf(realm);
    return infos(authentication, namedFlow(authentication, request), 0);
  });

  declare(`PUT ${list}`, async (call) => {
    const body = bodyOf<ExecutionInfo>(call.request, executionInfoShape);
    await changeAuthentication(call, (authentication) => {
      namedFlow(authentication, call.request);
      const { flow, execution } = heldBy(authentication, body.id ?? '');
      const inside = flowById(authentication, execution.flowId);
      const requirement = checkedRequirement(execution, inside, body.requirement);
      const changed = withExecution(authentication, flow, { ...execution, requirement, priority: body.priority ?? execution.priority });
      if (inside === undefined || inside.builtIn || !body.displayName) return changed;
      const other = flowByAlias(changed, body.displayName);
      if (other !== undefined && other.id !== inside.id) throw taken(`Flow ${body.displayName} already exists`);
      return withFlow(changed, { ...inside, alias: body.displayName, ...(body.description ? { description: body.description } : {}) });
    });
  });

  declare(`POST ${list}/execution`, async (call) => {
    const body = bodyOf<NewExecution>(call.request, newExecutionShape);
    const id = randomUUID();
    await changeAuthentication(call, (authentication) => {
      const flow = openFlow(authentication, call.request, 'It is illegal to add execution to a built in flow');
      const kinds =
        flow.providerId === 'client-flow'
          ? (['client'] as const)
          : flow.providerId === 'form-flow'
            ? (['form-action'] as const)
            : (['authenticator', 'condition'] as const);
      const provider = usableProviders(...kinds).find((one) => one.id === body.provider);
      if (provider === undefined) throw badRequest(`No authentication provider found for id: ${body.provider ?? 'null'}`);
      const priority = body.priority ?? nextPriority(flow);
      return withExecution(authentication, flow, { id, requirement: 'DISABLED', priority, authenticator: provider.id });
    });
    return created(call, `/authentication/executions/${id}`);
  });

  declare(`POST ${list}/flow`, async (call) => {
    const body = bodyOf<NewExecution>(call.request, newExecutionShape);
    const alias = body.alias?.trim() ?? '';
    if (alias === '') throw taken('Failed to create flow with empty alias name');
    const [id, flowId] = [randomUUID(), randomUUID()];
    await changeAuthentication(call, (authentication) => {
      const flow = openFlow(authentication, call.request, 'It is illegal to add sub-flow to a built in flow');
      if (flowByAlias(authentication, alias) !== undefined) throw taken('New flow alias name already exists');
      if (authentication.flows.length >= MAX_FLOWS) throw invalidValue(`A realm has at most ${MAX_FLOWS} flows`);
      const kind = body.type === 'form-flow' || body.type === 'client-flow' ? body.type : 'basic-flow';
      const inside: AuthenticationFlow = {
        id: flowId,
        alias,
        ...(body.description ? { description: body.description } : {}),
        providerId: kind,
        topLevel: false,
        builtIn: false,
        executions: [],
      };
      const authenticator = kind === 'form-flow' && body.provider ? { authenticator: body.provider } : {};
      const priority = body.priority ?? nextPriority(flow);
      return withExecution(withFlow(authentication, inside), flow, { id, requirement: 'DISABLED', priority, flowId, ...authenticator });
    });
    return created(call, `/authentication/flows/${flowId}`);
  });

  const one = '/authentication/executions/:executionId';
  declare(`GET ${one}`, async ({ realm, request }) => {
    const { flow, execution } = heldBy(authenticationOf(realm), parameter(request, 'executionId'));
    const { id, requirement, priority, authenticator, flowId, configId } = execution;
    const isFlow = flowId !== undefined;
    return {
      ...(configId === undefined ? {} : { authenticatorConfig: configId }),
      ...(authenticator === undefined ? {} : { authenticator }),
      authenticatorFlow: isFlow,
      requirement,
      priority,
      autheticatorFlow: isFlow,
      id,
      ...(isFlow ? { flowId } : {}),
      parentFlow: flow.id,
    };
  });

  declare(`DELETE ${one}`, async (call) => {
    await changeAuthentication(call, (authentication) => {
      const { flow, execution } = heldBy(
        authentication,
        parameter(call.request, 'executionId'),
        'It is illegal to remove execution from a built in flow',
      );
      return withoutExecution(authentication, flow, execution);
    });
  });

  for (const [verb, by] of [
    ['raise-priority', -1],
    ['lower-priority', 1],
  ] as const) {
    declare(`POST ${one}/${verb}`, async (call) => {
      await changeAuthentication(call, (authentication) => {
        const { flow, execution } = heldBy(
          authentication,
          parameter(call.request, 'executionId'),
          'It is illegal to modify execution in a built in flow',
        );
        return withFlow(authentication, shiftExecution(flow, execution.id, by));
      });
    });
  }
}

/** Steps of a flow, each followed by those of the flow that it stands for. */
function infos(authentication: RealmAuthentication, flow: AuthenticationFlow, level: number): Representation[] {
  return orderedExecutions(flow).flatMap((execution, index) => {
    const inside = flowById(authentication, execution.flowId);
    const shown = info(authentication, execution, inside, level, index);
    return inside === undefined ? [shown] : [shown, ...infos(authentication, inside, level + 1)];
  });
}

function info(
  authentication: RealmAuthentication,
  execution: AuthenticationExecution,
  inside: AuthenticationFlow | undefined,
  level: number,
  index: number,
): Representation {
  const provider = stepProvider(execution.authenticator);
  const config = configById(authentication, execution.configId);
  const { id, requirement, priority, authenticator } = execution;
  return {
    id,
    requirement,
    displayName: inside?.alias ?? provider?.displayName ?? authenticator,
    ...(config === undefined ? {} : { alias: config.alias }),
    ...(inside?.description === undefined ? {} : { description: inside.description }),
    requirementChoices: choicesOf(execution, inside),
    configurable: inside === undefined && provider !== undefined && isConfigurable(provider),
    ...(inside === undefined ? {} : { authenticationFlow: true }),
    ...(authenticator === undefined ? {} : { providerId: authenticator }),
    ...(config === undefined ? {} : { authenticationConfig: config.id }),
    ...(inside === undefined ? {} : { flowId: inside.id }),
    level,
    index,
    priority,
  };
}

function choicesOf(execution: AuthenticationExecution, inside: AuthenticationFlow | undefined): readonly Requirement[] {
  if (inside !== undefined) return inside.providerId === 'form-flow' ? ['REQUIRED', 'DISABLED'] : flowChoices;
  return stepProvider(execution.authenticator)?.choices ?? ['REQUIRED', 'DISABLED'];
}

function checkedRequirement(
  execution: AuthenticationExecution,
  inside: AuthenticationFlow | undefined,
  wanted: string | null | undefined,
): Requirement {
  if (wanted === null || wanted === undefined || wanted === execution.requirement) return execution.requirement;
  const found = choicesOf(execution, inside).find((choice) => choice === wanted);
  if (found === undefined) throw badRequest(`The step cannot be ${wanted}`);
  return found;
}

function namedFlow(authentication: RealmAuthentication, request: FastifyRequest): AuthenticationFlow {
  const flow = flowByAlias(authentication, parameter(request, 'flowAlias'));
  if (flow === undefined) throw notFound('Flow not found');
  return flow;
}

function openFlow(authentication: RealmAuthentication, request: FastifyRequest, whenBuiltIn: string): AuthenticationFlow {
  const flow = flowByAlias(authentication, parameter(request, 'flowAlias'));
  if (flow === undefined) throw badRequest("Parent flow doesn't exist");
  if (flow.builtIn) throw badRequest(whenBuiltIn);
  if (flow.executions.length >= MAX_EXECUTIONS) throw invalidValue(`A flow has at most ${MAX_EXECUTIONS} steps`);
  return flow;
}

function heldBy(
  authentication: RealmAuthentication,
  executionId: string,
  whenBuiltIn?: string,
): { readonly flow: AuthenticationFlow; readonly execution: AuthenticationExecution } {
  const flow = flowHolding(authentication, executionId);
  const execution = flow?.executions.find(({ id }) => id === executionId);
  if (flow === undefined || execution === undefined) throw notFound('Illegal execution');
  if (whenBuiltIn !== undefined && flow.builtIn) throw badRequest(whenBuiltIn);
  return { flow, execution };
}
