import { providerManage, providerView } from './requirements.ts';

/** Who may see and change outside providers of identities. */
export const identityProviderEndpoints = {
  'GET /identity-provider/providers/:providerId': providerView,
  'POST /identity-provider/import-config': providerManage,
  'POST /identity-provider/upload-certificate': providerManage,
  'GET /identity-provider/instances': providerView,
  'POST /identity-provider/instances': providerManage,
  'GET /identity-provider/instances/:alias': providerView,
  'PUT /identity-provider/instances/:alias': providerManage,
  'DELETE /identity-provider/instances/:alias': providerManage,
  'GET /identity-provider/instances/:alias/reload-keys': providerManage,
  'GET /identity-provider/instances/:alias/mapper-types': providerView,
  'GET /identity-provider/instances/:alias/mappers': providerView,
  'POST /identity-provider/instances/:alias/mappers': providerManage,
  'GET /identity-provider/instances/:alias/mappers/:mapperId': providerView,
  'PUT /identity-provider/instances/:alias/mappers/:mapperId': providerManage,
  'DELETE /identity-provider/instances/:alias/mappers/:mapperId': providerManage,
} as const;
