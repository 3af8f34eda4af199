import type { ProtocolMapper } from '../model/index.ts';
import { mapperFromRepresentation, mapperToRepresentation } from '../realm/client-scope-representation.ts';
import { Fields, type Representation } from '../realm/fields.ts';
import type { Stores } from '../store/stores.ts';
import { protocolMapperKinds } from '../token/protocol-mappers/index.ts';
import { type AdminCall, type AdminHandler, bodyOf, created, parameter, write } from './admin-route.ts';
import { invalidValue, notFound, taken } from './answers.ts';
import { protocolMapperListShape, protocolMapperShape } from './representation-shapes.ts';

/** A client or a client scope as far as its protocol mappers go. */
export interface MapperHolder {
  readonly mappers: readonly ProtocolMapper[];
  /** Address below the realm. */
  readonly path: string;
  /** Reads the mappers anew inside a change and stores what `change` makes of them. */
  change(stores: Stores, change: (mappers: readonly ProtocolMapper[]) => readonly ProtocolMapper[]): Promise<void>;
  readonly tags: readonly string[];
}

const MAX_MAPPERS = 1_000;
const MAX_NAME_CHARACTERS = 255;
const IN_TOKEN = 'access.token.claim';
const IN_INTROSPECTION = 'introspection.token.claim';

/** `…/protocol-mappers/…` of clients and client scopes: seven endpoints. */
export function declareProtocolMappers(
  declare: (endpoint: string, handler: AdminHandler) => void,
  base: string,
  holderOf: (call: AdminCall) => Promise<MapperHolder>,
): void {
  const models = `${base}/protocol-mappers/models`;
  declare(`GET ${models}`, async (call) => (await holderOf(call)).mappers.map(mapperToRepresentation));
  declare(`GET ${base}/protocol-mappers/protocol/:protocol`, async (call) => {
    const { mappers } = await holderOf(call);
    return mappers.filter((mapper) => mapper.protocol === parameter(call.request, 'protocol')).map(mapperToRepresentation);
  });
  declare(`GET ${models}/:mapperId`, async (call) => mapperToRepresentation(mapperOf(call, (await holderOf(call)).mappers)));

  declare(`POST ${models}`, async (call) => {
    const holder = await holderOf(call);
    const mapper = fresh(bodyOf<Representation>(call.request, protocolMapperShape));
    await store(call, holder, (mappers) => added(mappers, [mapper]));
    return created(call, `${holder.path}/protocol-mappers/models/${mapper.id}`);
  });
  declare(`POST ${base}/protocol-mappers/add-models`, async (call) => {
    const holder = await holderOf(call);
    const fromBody = bodyOf<Representation[]>(call.request, protocolMapperListShape).map(fresh);
    if (fromBody.length > 0) await store(call, holder, (mappers) => added(mappers, fromBody));
  });
  declare(`PUT ${models}/:mapperId`, async (call) => {
    const holder = await holderOf(call);
    mapperOf(call, holder.mappers);
    const fields = new Fields(bodyOf<Representation>(call.request, protocolMapperShape), 'protocolMapper');
    await store(call, holder, (mappers) => {
      const before = mapperOf(call, mappers);
      const after = mapperFromRepresentation(fields, before);
      if (mappers.some((one) => one.id !== before.id && one.name === after.name)) throw taken('Protocol mapper exists with same name');
      return mappers.map((one) => (one.id === before.id ? after : one));
    });
  });
  declare(`DELETE ${models}/:mapperId`, async (call) => {
    const holder = await holderOf(call);
    await store(call, holder, (mappers) => {
      const mapper = mapperOf(call, mappers);
      return mappers.filter((one) => one.id !== mapper.id);
    });
  });
}

function fresh(body: Representation): ProtocolMapper {
  const { protocol = 'openid-connect', protocolMapper } = body;
  // Mappers of other protocols are kept for the day that their protocol is here.
  if (protocol === 'openid-connect' && (typeof protocolMapper !== 'string' || !protocolMapperKinds.has(protocolMapper))) {
    throw notFound('ProtocolMapper provider not found');
  }
  const mapper = mapperFromRepresentation(new Fields({ ...body, id: null }, 'protocolMapper'));
  const inToken = mapper.config[IN_TOKEN];
  // Who says nothing of introspection gets there what stands in the token.
  return inToken === undefined || mapper.config[IN_INTROSPECTION] !== undefined
    ? mapper
    : { ...mapper, config: { ...mapper.config, [IN_INTROSPECTION]: inToken } };
}

function added(mappers: readonly ProtocolMapper[], more: readonly ProtocolMapper[]): readonly ProtocolMapper[] {
  const all = [...mappers, ...more];
  if (more.some(({ name }) => name.length > MAX_NAME_CHARACTERS))
    throw invalidValue(`A name has at most ${MAX_NAME_CHARACTERS} characters`);
  if (all.length > MAX_MAPPERS) throw invalidValue(`More than ${MAX_MAPPERS} protocol mappers`);
  if (new Set(all.map((mapper) => mapper.name)).size < all.length) throw taken('Protocol mapper exists with same name');
  return all;
}

function mapperOf({ request }: AdminCall, mappers: readonly ProtocolMapper[]): ProtocolMapper {
  const id = parameter(request, 'mapperId');
  const mapper = mappers.find((one) => one.id === id);
  if (!mapper) throw notFound('Model not found');
  return mapper;
}

async function store(
  { context }: AdminCall,
  holder: MapperHolder,
  change: (mappers: readonly ProtocolMapper[]) => readonly ProtocolMapper[],
): Promise<void> {
  await write(context, async (stores, touch) => {
    await holder.change(stores, change);
    touch(...holder.tags);
  });
}
