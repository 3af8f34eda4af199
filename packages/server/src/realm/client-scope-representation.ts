import { randomUUID } from 'node:crypto';
import type { ClientScope, ProtocolMapper } from '../model/index.ts';
import type { Fields, Representation } from './fields.ts';

const known: ReadonlySet<string> = new Set(['id', 'name', 'description', 'protocol', 'protocolMappers', 'attributes']);

export function clientScopeFromRepresentation(
  fields: Fields,
  realmId: string,
  realmDefault: ClientScope['realmDefault'],
  base?: ClientScope,
): ClientScope {
  const description = fields.text('description') ?? base?.description;
  return {
    id: base?.id ?? fields.text('id') ?? randomUUID(),
    realmId,
    name: fields.text('name') ?? base?.name ?? fields.requiredText('name'),
    ...(description === undefined ? {} : { description }),
    protocol: fields.text('protocol') ?? base?.protocol ?? 'openid-connect',
    protocolMappers:
      fields.objects('protocolMappers', 'name')?.map((mapper) => mapperFromRepresentation(mapper)) ?? base?.protocolMappers ?? [],
    attributes: { ...base?.attributes, ...fields.textMap('attributes') },
    realmDefault,
    other: { ...base?.other, ...fields.rest(known) },
  };
}

export function clientScopeToRepresentation(scope: ClientScope): Representation {
  const { realmId: _, realmDefault: __, other, protocolMappers, ...shown } = scope;
  return {
    ...other,
    ...shown,
    ...(protocolMappers.length === 0 ? {} : { protocolMappers: protocolMappers.map(mapperToRepresentation) }),
  };
}

export function mapperFromRepresentation(fields: Fields, base?: ProtocolMapper): ProtocolMapper {
  return {
    id: base?.id ?? fields.text('id') ?? randomUUID(),
    name: fields.text('name') ?? base?.name ?? fields.requiredText('name'),
    protocol: fields.text('protocol') ?? base?.protocol ?? 'openid-connect',
    protocolMapper: fields.text('protocolMapper') ?? base?.protocolMapper ?? fields.requiredText('protocolMapper'),
    consentRequired: fields.flag('consentRequired') ?? base?.consentRequired ?? false,
    config: fields.textMap('config') ?? base?.config ?? {},
  };
}

export function mapperToRepresentation(mapper: ProtocolMapper): Representation {
  return { ...mapper, consentRequired: mapper.consentRequired ?? false };
}
