import { call } from './http.ts';
import { WalkError } from './login-walk.ts';

/** A new realm takes a Java server seconds on a busy machine. */
const ADMIN_TIMEOUT_MS = 60_000;

/** A token of the first administrator, by the direct grant of admin-cli. */
export async function adminToken(base: string, username = 'admin', password = 'admin'): Promise<string> {
  const answer = await call(`${base}/realms/master/protocol/openid-connect/token`, {
    form: { grant_type: 'password', client_id: 'admin-cli', username, password },
  });
  if (answer.status !== 200) throw new WalkError('administrator login', answer);
  return (JSON.parse(answer.text) as { access_token: string }).access_token;
}

/** One call of Admin REST; throws on a status outside 2xx unless it is in `also`. */
export async function admin(
  base: string,
  token: string,
  method: string,
  path: string,
  json?: unknown,
  also: readonly number[] = [],
  timeoutMs = ADMIN_TIMEOUT_MS,
): Promise<unknown> {
  const answer = await call(`${base}/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(json === undefined ? {} : { json }),
    timeoutMs,
  });
  if ((answer.status < 200 || answer.status > 299) && !also.includes(answer.status)) throw new WalkError(`${method} ${path}`, answer);
  return answer.text === '' ? undefined : JSON.parse(answer.text);
}
