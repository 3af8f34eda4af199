const known = new Map<string | undefined, string>();

/** The route of a request as Keycloak's metrics write it: `/realms/:realm/protocol/openid-connect/token` -> `/realms/{realm}/protocol/{protocol}/token`. */
export function uriTemplate(route: string | undefined): string {
  const found = known.get(route);
  if (found !== undefined) return found;
  // Routes are constants of the code: as many as there are, and no more.
  const template =
    route === undefined
      ? 'NOT_FOUND'
      : route.replaceAll(/:([a-zA-Z]+)/g, '{$1}').replace('/protocol/openid-connect/', '/protocol/{protocol}/');
  known.set(route, template);
  return template;
}
