import type { Client } from './client.ts';

const resolved = new WeakMap<Client, readonly string[]>();

/** The origins that may call the server for a client from a browser: `+` stands for the origins of its redirect URIs; `*` stays. */
export function resolvedWebOrigins(client: Client): readonly string[] {
  let origins = resolved.get(client);
  if (!origins) {
    origins = [
      ...new Set(client.webOrigins.flatMap((origin) => (origin === '+' ? redirectOrigins(client) : origin === '' ? [] : [origin]))),
    ];
    resolved.set(client, origins);
  }
  return origins;
}

/** Whether a browser page of this origin may call the server for the client. */
export function isAllowedOrigin(client: Client, origin: string): boolean {
  const origins = resolvedWebOrigins(client);
  return origins.includes('*') || origins.includes(origin);
}

function redirectOrigins(client: Client): string[] {
  return client.redirectUris.flatMap((uri) => {
    const absolute = uri.startsWith('/') && client.rootUrl ? client.rootUrl + uri : uri;
    const [, scheme, authority] = /^(https?):\/\/([^/?#*]+)/i.exec(absolute) ?? [];
    return scheme && authority ? [`${scheme.toLowerCase()}://${authority.toLowerCase()}`] : [];
  });
}
