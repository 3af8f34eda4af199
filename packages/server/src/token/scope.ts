import type { Directory } from '../cache/contracts.ts';
import type { Client, ClientScope, Realm } from '../model/index.ts';
import { protocolMapperKinds } from './protocol-mappers/index.ts';
import { appliesTo, type ClaimTarget, type MapperConfig, type ProtocolMapperKind } from './protocol-mappers/mapper.ts';

/** A mapper that is going to run. */
export interface PlannedMapper {
  readonly kind: ProtocolMapperKind;
  readonly config: MapperConfig;
}

/** What a set of client scopes means for tokens. */
export interface ScopePlan {
  readonly scopes: readonly ClientScope[];
  /** `scope` of the access token and of the answer: `openid` and the scopes that want to be seen. */
  readonly visible: string;
  /** `scope` of the refresh token: `openid` and every scope. */
  readonly complete: string;
  readonly openid: boolean;
  readonly offline: boolean;
  mappers(target: ClaimTarget): readonly PlannedMapper[];
}

const OPENID = 'openid';
export const OFFLINE_ACCESS = 'offline_access';
/** Means nothing in a realm without organizations. */
const ORGANIZATION = 'organization';
/** A scope parameter longer than this is ignored, as Keycloak ignores it. */
export const MAX_SCOPE_LENGTH = 4_000;
const MAX_PLANS_PER_CLIENT = 64;

/** The words of a scope parameter. */
export function scopeWords(scope: string): readonly string[] {
  return scope === '' ? [] : scope.split(' ');
}

/** Whether a client may ask for this scope: `openid` and its own default and optional scopes, divided by single spaces. */
export function isValidScope(client: Client, realmScopes: readonly ClientScope[], scope: string): boolean {
  const known = new Set(realmScopes.map((candidate) => candidate.name));
  return scopeWords(scope).every(
    (word) =>
      word === OPENID || (known.has(word) && (client.defaultClientScopes.includes(word) || client.optionalClientScopes.includes(word))),
  );
}

const plans = new WeakMap<readonly ClientScope[], WeakMap<Client, Map<string, ScopePlan>>>();

/** The plan of a request: the client's default scopes and those optional ones it asked for. Unknown words count for nothing. */
export async function planScope(
  directory: Pick<Directory, 'clientScopes'>,
  realm: Realm,
  client: Client,
  requested: string,
): Promise<ScopePlan> {
  const realmScopes = await directory.clientScopes(realm);
  return cachedPlan(realmScopes, client, requested, () => {
    const words = new Set(scopeWords(requested));
    const wanted = (scope: ClientScope): boolean =>
      scope.protocol === 'openid-connect' &&
      (scope.name !== ORGANIZATION || realm.other['organizationsEnabled'] === true) &&
      (client.defaultClientScopes.includes(scope.name) || (words.has(scope.name) && client.optionalClientScopes.includes(scope.name)));
    return buildPlan(client, realmScopes.filter(wanted), words.has(OPENID));
  });
}

/** The plan without some of its scopes (those that the user has no role for). */
export function narrowPlan(plan: ScopePlan, client: Client, keep: (scope: ClientScope) => boolean): ScopePlan {
  const scopes = plan.scopes.filter(keep);
  return scopes.length === plan.scopes.length ? plan : buildPlan(client, scopes, plan.openid);
}

function cachedPlan(realmScopes: readonly ClientScope[], client: Client, key: string, build: () => ScopePlan): ScopePlan {
  let ofScopes = plans.get(realmScopes);
  if (!ofScopes) {
    ofScopes = new WeakMap();
    plans.set(realmScopes, ofScopes);
  }
  let ofClient = ofScopes.get(client);
  if (!ofClient) {
    ofClient = new Map();
    ofScopes.set(client, ofClient);
  }
  let plan = ofClient.get(key);
  if (!plan) {
    plan = build();
    if (ofClient.size >= MAX_PLANS_PER_CLIENT) ofClient.clear();
    ofClient.set(key, plan);
  }
  return plan;
}

function buildPlan(client: Client, scopes: readonly ClientScope[], openid: boolean): ScopePlan {
  const names = scopes.map((scope) => scope.name);
  const shown = scopes.filter((scope) => scope.attributes['include.in.token.scope'] !== 'false').map((scope) => scope.name);
  const join = (list: readonly string[]): string => (openid ? [OPENID, ...list] : list).join(' ');
  const mappers = [...scopes.flatMap((scope) => scope.protocolMappers), ...client.protocolMappers].flatMap((mapper) => {
    const kind = protocolMapperKinds.get(mapper.protocolMapper);
    return kind ? [{ kind, config: mapper.config }] : [];
  });
  const byTarget = new Map<ClaimTarget, readonly PlannedMapper[]>();
  return {
    scopes,
    visible: join(shown),
    complete: join(names),
    openid,
    offline: names.includes(OFFLINE_ACCESS),
    mappers(target) {
      let list = byTarget.get(target);
      if (!list) {
        // Roles that mappers add or rename for the access token are added and renamed in what is said beside it too.
        const rolesTarget = target === 'id' || target === 'userinfo' ? 'access' : target;
        list = [
          ...mappers.filter(({ kind, config }) => kind.stage === 'roles' && appliesTo(kind, config, rolesTarget)),
          ...mappers.filter(({ kind, config }) => kind.stage === 'claims' && appliesTo(kind, config, target)),
        ];
        byTarget.set(target, list);
      }
      return list;
    },
  };
}
