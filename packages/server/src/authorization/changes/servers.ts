import { resourceServerTag } from '../../cache/authorization-keys.ts';
import { decisionStrategies, enforcementModes } from '../../model/authorization.ts';
import type { Client, ResourceServer } from '../../model/index.ts';
import type { Stores } from '../../store/stores.ts';
import type { Json } from '../policies/policy-type.ts';
import { oneOf } from './fields.ts';

/** Name of the role that the protection API wants, a role of the client itself. */
export const umaProtection = 'uma_protection';

/** A resource server as a client gets it that turns authorization services on. */
export function newResourceServer(client: Pick<Client, 'id' | 'realmId'>): ResourceServer {
  return {
    id: client.id,
    realmId: client.realmId,
    allowRemoteResourceManagement: true,
    policyEnforcementMode: 'ENFORCING',
    decisionStrategy: 'UNANIMOUS',
  };
}

/** The settings of a body over those that are there. @throws ReplyError 400. */
export function withSettings(server: ResourceServer, body: Json): ResourceServer {
  const remote = body['allowRemoteResourceManagement'];
  return {
    ...server,
    ...(typeof remote === 'boolean' ? { allowRemoteResourceManagement: remote } : {}),
    policyEnforcementMode: oneOf(
      { policyEnforcementMode: server.policyEnforcementMode, ...given(body) },
      'policyEnforcementMode',
      enforcementModes,
    ),
    decisionStrategy: oneOf({ decisionStrategy: server.decisionStrategy, ...given(body) }, 'decisionStrategy', decisionStrategies),
  };
}

function given(body: Json): Json {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined));
}

/** Makes a client a resource server, or takes everything of that away, as its switch says. Settings of one that is there stay. */
export async function followSwitch(stores: Stores, client: Client, touch: (...keys: string[]) => void): Promise<boolean> {
  const { servers } = stores.authorization;
  const there = (await servers.byId(client.id)) !== undefined;
  if (there === client.authorizationServicesEnabled) return false;
  if (there) await servers.remove(client.id);
  else await servers.put(newResourceServer(client));
  touch(resourceServerTag(client.id));
  return !there;
}
