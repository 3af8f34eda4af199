/** `GET …` of the endpoints of authorization services takes the right to view it, everything else the right to manage it. */
export function authorizationEndpoints<R>(base: string, view: R, manage: R, evaluate: R): Readonly<Record<string, R>> {
  const branch = (root: string) => ({
    [`GET ${root}`]: view,
    [`POST ${root}`]: manage,
    [`GET ${root}/providers`]: view,
    // Nothing is written, but the answer tells what a user is and may.
    [`POST ${root}/evaluate`]: evaluate,
    [`GET ${root}/search`]: view,
    [`GET ${root}/:kind`]: view,
    [`POST ${root}/:kind`]: manage,
    [`PUT ${root}/:kind`]: manage,
    [`DELETE ${root}/:kind`]: manage,
    [`GET ${root}/:kind/search`]: view,
    [`GET ${root}/:kind/:policyId`]: view,
    [`PUT ${root}/:kind/:policyId`]: manage,
    [`DELETE ${root}/:kind/:policyId`]: manage,
    ...links(`${root}/:kind`),
    ...links(`${root}/:kind/:policyId`),
  });
  const links = (path: string) =>
    Object.fromEntries(['dependentPolicies', 'associatedPolicies', 'scopes', 'resources'].map((link) => [`GET ${path}/${link}`, view]));
  const objects = (root: string, id: string, ...parts: readonly string[]) => ({
    [`GET ${root}`]: view,
    [`POST ${root}`]: manage,
    [`GET ${root}/search`]: view,
    [`GET ${root}/${id}`]: view,
    [`PUT ${root}/${id}`]: manage,
    [`DELETE ${root}/${id}`]: manage,
    ...Object.fromEntries(parts.map((part) => [`GET ${root}/${id}/${part}`, view])),
  });
  return {
    [`GET ${base}`]: view,
    [`PUT ${base}`]: manage,
    [`GET ${base}/settings`]: manage,
    [`POST ${base}/import`]: manage,
    ...objects(`${base}/scope`, ':scopeId', 'resources', 'permissions'),
    ...objects(`${base}/resource`, ':resourceId', 'attributes', 'scopes', 'permissions'),
    ...branch(`${base}/policy`),
    ...branch(`${base}/permission`),
  };
}
