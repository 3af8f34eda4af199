import type { LightMyRequestResponse } from 'fastify';
import type { LoginServer } from './login-server.ts';

/** Path of the endpoint below its realm. */
export const PAR = 'protocol/openid-connect/ext/par/request';

/** Posts a form to an endpoint of the realm; undefined leaves a parameter out. */
export function postForm(
  server: LoginServer,
  path: string,
  form: Readonly<Record<string, string | undefined>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<LightMyRequestResponse> {
  const present = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return server.app.inject({
    method: 'POST',
    url: `/realms/test/${path}`,
    headers: { host: 'login.test', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(present).toString(),
  });
}

/** Pushes an authorization request. */
export function push(server: LoginServer, form: Readonly<Record<string, string | undefined>>): Promise<LightMyRequestResponse> {
  return postForm(server, PAR, form);
}
