import type { ClientAuthenticator } from './authenticator.ts';

/** Public clients prove nothing: they only say who they are. A secret that they send is not looked at. */
export const publicClientAuthenticator: ClientAuthenticator = {
  type: 'none',
  methods: [],
  authenticate: async () => ({ ok: true, method: 'none' }),
};
