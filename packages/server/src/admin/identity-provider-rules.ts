import type { IdentityProvider } from '../model/index.ts';
import { invalidValue } from './answers.ts';
import { identityProviderTypes } from './identity-provider-types.ts';

/** The provider, if this server knows its kind and its addresses are some. @throws ReplyError 400. */
export function checkedProvider(provider: IdentityProvider): IdentityProvider {
  if (identityProviderTypes.get(provider.providerId) === undefined)
    throw invalidValue(`Invalid identity provider id [${provider.providerId}]`);
  for (const [name, value] of Object.entries(provider.config)) {
    if (name.endsWith('Url') && name !== 'useJwksUrl' && value !== '' && !/^https?:\/\//.test(value))
      throw invalidValue(`The url [${name}] is malformed`);
  }
  return provider;
}
