import { call } from '../../bench/drivers/http.ts';
import { benchWalk, LoginWalk } from '../../bench/drivers/login-walk.ts';
import type { Cluster } from './cluster.ts';

export const REALM = 'table';

/** A browser of user `user` at the confidential client of the table's realm. */
export function walker(user: number, more: { scope?: string } = {}): LoginWalk {
  return new LoginWalk({ ...benchWalk(REALM, user), ...more });
}

interface UserRow {
  readonly id: string;
  readonly enabled: boolean;
}

export async function userIdOf(cluster: Cluster, user: number): Promise<string> {
  const found = (await cluster.admin(0, 'GET', `/realms/${REALM}/users?username=user${user}&exact=true`)) as UserRow[];
  const [first] = found;
  if (first === undefined) throw new Error(`no user${user}`);
  return first.id;
}

export async function clientIdOf(cluster: Cluster, clientId: string): Promise<string> {
  const [first] = (await cluster.admin(0, 'GET', `/realms/${REALM}/clients?clientId=${clientId}`)) as UserRow[];
  if (first === undefined) throw new Error(`no client ${clientId}`);
  return first.id;
}

/** A direct grant; status and body. */
export async function directGrant(
  cluster: Cluster,
  node: number,
  user: number,
  password: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await call(`${cluster.base(node)}/realms/${REALM}/protocol/openid-connect/token`, {
    form: { client_id: 'app', client_secret: 'app-secret', grant_type: 'password', username: `user${user}`, password, scope: 'openid' },
  });
  return { status: answer.status, body: JSON.parse(answer.text) as Record<string, unknown> };
}

/** A refresh; status and body. */
export async function refresh(
  cluster: Cluster,
  node: number,
  refreshToken: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await call(`${cluster.base(node)}/realms/${REALM}/protocol/openid-connect/token`, {
    form: { client_id: 'app', client_secret: 'app-secret', grant_type: 'refresh_token', refresh_token: refreshToken },
  });
  return { status: answer.status, body: JSON.parse(answer.text) as Record<string, unknown> };
}

/** The claims of a JWT, unchecked. */
export function claimsOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
}
