import type { Permission } from '../../authorization/representation/permissions.ts';
import type { Claims } from '../../token/contracts.ts';

/** What introspection tells of a requesting party token (UMA 2.0 Federated Authorization section 5.1.1): its permissions, and little else. */
export function rptAnswer(claims: Claims): Readonly<Record<string, unknown>> {
  const { exp, nbf, iat, jti, aud, typ, acr, authorization } = claims;
  const permissions = (authorization as { readonly permissions?: readonly Permission[] } | undefined)?.permissions;
  const told = { exp, nbf, iat, jti, aud, typ, acr };
  return {
    ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
    ...(permissions === undefined
      ? {}
      : {
          permissions: permissions.map(({ rsid, rsname, scopes }) => ({
            ...(scopes === undefined ? {} : { scopes }),
            ...(rsid === undefined ? {} : { rsid }),
            ...(rsname === undefined ? {} : { rsname }),
            ...(rsid === undefined ? {} : { resource_id: rsid }),
            ...(scopes === undefined ? {} : { resource_scopes: scopes }),
          })),
        }),
    active: true,
  };
}
