import type { ClientScope } from '../model/index.ts';
import type { Representation } from '../realm/fields.ts';
import { protocolMapperKinds } from '../token/protocol-mappers/index.ts';
import type { PolicyChoices } from './policy.ts';
import { policyProviders } from './providers.ts';

/** What policies of a realm with these client scopes can choose from. */
export function policyChoices(scopes: readonly ClientScope[]): PolicyChoices {
  return { scopes, mapperTypes: [...protocolMapperKinds.keys()] };
}

/** The kinds of policies with their forms, as the console draws them. */
export function policyTypes(choices: PolicyChoices): readonly Representation[] {
  return [...policyProviders.values()].map(({ id, helpText, properties }) => ({
    id,
    helpText,
    properties: (properties?.(choices) ?? []).map((property) => ({ ...property, secret: false, required: false, readOnly: false })),
    metadata: {},
  }));
}
