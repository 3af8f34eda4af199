import type { FastifyInstance } from 'fastify';
import { clientTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { type AdminCall, adminRoutes, bodyOf, parameter, write } from './admin-route.ts';
import { badRequest, invalidValue, notFound } from './answers.ts';
import { clientOf } from './lookups.ts';
import { textMapShape } from './representation-shapes.ts';

const MAX_NODES = 500;
const MAX_NAME_CHARACTERS = 255;

type Nodes = Readonly<Record<string, number>>;

/** Nodes of an application that are told things one by one: written down by hand or by the application, with the time. */
export function registerClientNodes(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);

  declare('POST /clients/:clientUuid/nodes', async (call) => {
    await clientOf(call);
    const { node } = bodyOf<{ node?: string | null }>(call.request, textMapShape);
    if (!node) throw badRequest('Node not found in params');
    if (node.length > MAX_NAME_CHARACTERS) throw invalidValue(`The name of a node has at most ${MAX_NAME_CHARACTERS} characters`);
    await change(call, (nodes) => {
      if (Object.keys(nodes).length >= MAX_NODES) throw invalidValue(`A client has at most ${MAX_NODES} nodes`);
      return { ...nodes, [node]: context.clock.nowSeconds() };
    });
  });

  declare('DELETE /clients/:clientUuid/nodes/:node', async (call) => {
    await clientOf(call);
    await change(call, (nodes) => {
      const { [parameter(call.request, 'node')]: known, ...others } = nodes;
      if (known === undefined) throw notFound('Client does not have node ');
      return others;
    });
  });
}

async function change(call: AdminCall, to: (nodes: Nodes) => Nodes): Promise<void> {
  const { id } = await clientOf(call);
  await write(call.context, async ({ clients }, touch) => {
    const current = await clients.byId(call.realm.id, id);
    if (current === undefined) throw notFound('Could not find client');
    const { registeredNodes, ...other } = current.other;
    const nodes = to(nodesOf(registeredNodes));
    touch(...clientTags(current));
    await clients.update({ ...current, other: Object.keys(nodes).length === 0 ? other : { ...other, registeredNodes: nodes } });
  });
}

function nodesOf(value: unknown): Nodes {
  return typeof value === 'object' && value !== null ? (value as Nodes) : {};
}
