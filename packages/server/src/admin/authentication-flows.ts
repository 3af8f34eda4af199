import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import type { AuthenticationFlow, RealmAuthentication } from '../model/index.ts';
import { copyFlow, MAX_FLOWS, withFlow, withoutFlow, withParts } from '../realm/flow-editing.ts';
import { flowToRepresentation } from '../realm/flow-representation.ts';
import { authenticationOf, flowByAlias, flowById, usesOf } from '../realm/realm-authentication.ts';
import { adminRoutes, bodyOf, created, parameter } from './admin-route.ts';
import { badRequest, invalidValue, notFound, taken } from './answers.ts';
import { changeAuthentication } from './authentication-change.ts';
import { flowCopyShape, flowShape } from './authentication-shapes.ts';

interface FlowBody {
  readonly alias?: string | null;
  readonly description?: string | null;
  readonly providerId?: string | null;
  readonly topLevel?: boolean | null;
  readonly builtIn?: boolean | null;
}

const MAX_TEXT_CHARACTERS = 255;
const FLOW_KINDS = new Set(['basic-flow', 'client-flow', 'form-flow']);

/** Authentication flows of a realm. */
export function registerAuthenticationFlows(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);

  declare('GET /authentication/flows', async ({ realm }) => {
    const authentication = authenticationOf(realm);
    return authentication.flows.filter(({ topLevel }) => topLevel).map((flow) => flowToRepresentation(authentication, flow));
  });

  declare('POST /authentication/flows', async (call) => {
    const body = bodyOf<FlowBody>(call.request, flowShape);
    const alias = checkedAlias(body.alias, 'Failed to create flow with empty alias name');
    const kind = body.providerId ?? 'basic-flow';
    if (!FLOW_KINDS.has(kind)) throw invalidValue(`There is no kind of flow named ${kind}`);
    const flow: AuthenticationFlow = {
      id: randomUUID(),
      alias,
      ...descriptionOf(body),
      providerId: kind,
      topLevel: body.topLevel ?? false,
      builtIn: false,
      executions: [],
    };
    await changeAuthentication(call, (authentication) => {
      refuseTaken(authentication, alias, undefined, `Flow ${alias} already exists`);
      if (authentication.flows.length >= MAX_FLOWS) throw invalidValue(`A realm has at most ${MAX_FLOWS} flows`);
      return withFlow(authentication, flow);
    });
    return created(call, `/authentication/flows/${flow.id}`);
  });

  declare('GET /authentication/flows/:flowId', async ({ realm, request }) => {
    const authentication = authenticationOf(realm);
    const flow = flowById(authentication, parameter(request, 'flowId'));
    if (flow === undefined) throw notFound('Could not find flow with id');
    return flowToRepresentation(authentication, flow);
  });

  declare('PUT /authentication/flows/:flowId', async (call) => {
    const body = bodyOf<FlowBody>(call.request, flowShape);
    const alias = checkedAlias(body.alias, 'Failed to update flow with empty alias name');
    await changeAuthentication(call, (authentication) => {
      const flow = flowById(authentication, parameter(call.request, 'flowId'));
      if (flow === undefined) throw notFound('Illegal execution flow');
      if (flow.builtIn && alias !== flow.alias) throw badRequest("Can't rename built in flow");
      refuseTaken(authentication, alias, flow, `Flow ${alias} already exists`);
      if (alias !== flow.alias && usesOf(call.realm, flow).length > 0) throw badRequest('A flow that the realm uses keeps its name');
      const { description: _, ...rest } = flow;
      return withFlow(authentication, { ...rest, alias, ...descriptionOf(body) });
    });
  });

  declare('DELETE /authentication/flows/:flowId', async (call) => {
    await changeAuthentication(call, (authentication) => {
      const flow = flowById(authentication, parameter(call.request, 'flowId'));
      if (flow === undefined) throw notFound('Flow not found');
      if (flow.builtIn) throw badRequest("Can't delete built in flow");
      const [use] = usesOf(call.realm, flow);
      if (use !== undefined) throw badRequest(`The realm uses the flow as its ${use}`);
      return withoutFlow(authentication, flow);
    });
  });

  declare('POST /authentication/flows/:flowAlias/copy', async (call) => {
    const { newName } = bodyOf<{ newName?: string | null }>(call.request, flowCopyShape);
    const alias = checkedAlias(newName, 'Failed to create flow with empty alias name');
    const sourceAlias = parameter(call.request, 'flowAlias');
    let id = '';
    await changeAuthentication(call, (authentication) => {
      refuseTaken(authentication, alias, undefined, 'New flow alias name already exists');
      const source = flowByAlias(authentication, sourceAlias);
      if (source === undefined) throw notFound('Flow not found');
      if (authentication.flows.length + withParts(authentication, source).length > MAX_FLOWS) {
        throw invalidValue(`A realm has at most ${MAX_FLOWS} flows`);
      }
      const copied = copyFlow(authentication, source, alias);
      id = copied.copyId;
      return copied.authentication;
    });
    return created(call, `/authentication/flows/${encodeURIComponent(sourceAlias)}/copy/${id}`);
  });
}

/** @throws ReplyError 409 where it is empty, as the original answers, 400 where it is too long. */
function checkedAlias(alias: string | null | undefined, whenEmpty: string): string {
  const trimmed = alias?.trim() ?? '';
  if (trimmed === '') throw taken(whenEmpty);
  if (trimmed.length > MAX_TEXT_CHARACTERS) throw invalidValue(`An alias has at most ${MAX_TEXT_CHARACTERS} characters`);
  return trimmed;
}

function refuseTaken(authentication: RealmAuthentication, alias: string, own: AuthenticationFlow | undefined, text: string): void {
  const found = flowByAlias(authentication, alias);
  if (found !== undefined && found.id !== own?.id) throw taken(text);
}

function descriptionOf({ description }: FlowBody): { description?: string } {
  if (description === null || description === undefined || description === '') return {};
  if (description.length > MAX_TEXT_CHARACTERS) throw invalidValue(`A description has at most ${MAX_TEXT_CHARACTERS} characters`);
  return { description };
}
