import { identityProviderOf } from '../../realm/identity-provider-representation.ts';
import { LINK_ACTION, mayLink } from '../account-links.ts';
import type { ActionView, RequiredAction } from './required-action.ts';

/** The provider that `idp_link:alias` names. */
function providerIn({ realm, tab }: Pick<ActionView, 'realm' | 'tab'>) {
  return identityProviderOf(realm, parameterOf(tab.requiredActions[0] ?? '') ?? '');
}

/** What stands behind the name of an action. */
export function parameterOf(id: string): string | undefined {
  const colon = id.indexOf(':');
  return colon < 0 ? undefined : id.slice(colon + 1);
}

/** idp_link: the account is linked with an identity of the provider that the parameter names. The page says so before the browser goes there. */
export const linkAccount: RequiredAction = {
  id: LINK_ACTION,
  template: 'link-idp-action',
  heading: 'linkIdpActionHeading',
  demand: undefined,
  accepts: (realm, alias) => identityProviderOf(realm, alias)?.enabled === true,

  async view(_parts, view) {
    const provider = providerIn(view);
    return { providerName: provider?.displayName || provider?.alias || '' };
  },

  async process({ state }, request) {
    const provider = providerIn(request);
    const allowed = provider?.enabled === true && (await mayLink(state.directory, request.realm, request.client, request.user));
    return allowed ? { goTo: provider.alias } : 'impossible';
  },
};
