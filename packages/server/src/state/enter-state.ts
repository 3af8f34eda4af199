import { randomBytes } from 'node:crypto';
import type { StateSettings } from '../session/state-settings.ts';
import { stateMode } from './mode.ts';
import { enterMode, keepNodeRow, type NodeRowOptions } from './node-row.ts';

/** This node as the others on its database see it. Disposing takes its row away. */
export interface EnteredNode extends AsyncDisposable {
  readonly node: NodeRowOptions['node'];
}

/**
 * Makes this node known on its database, before it joins anything. `name` is for people: the node's name where one is set.
 * @throws ServerError KG_STATE_MODE where a living node keeps state in another way.
 */
export async function enterState(
  options: Omit<NodeRowOptions, 'node' | 'pause'> & { readonly settings: StateSettings; readonly name: string },
): Promise<EnteredNode> {
  const { settings, name, store } = options;
  const id = randomBytes(9).toString('hex');
  const logger = options.logger.of('org.keycloak.connections.infinispan');
  const node = { id, name, clusterName: settings.clusterName, mode: stateMode(settings) };
  const row = { store, node, logger, every: options.every };
  await enterMode(row);
  // Without a grid the row is more than a sign of life, and its beat belongs to the backend.
  const ownedByBackend = settings.stateless || settings.remote !== undefined;
  return ownedByBackend ? { node, [Symbol.asyncDispose]: () => store.remove(id) } : { node, ...disposedWith(keepNodeRow(row)) };
}

function disposedWith(kept: AsyncDisposable): AsyncDisposable {
  return { [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose]() };
}
