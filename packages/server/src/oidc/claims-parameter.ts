import type { Client, Realm, User } from '../model/index.ts';
import { requestedClaims } from '../token/requested-claims.ts';

type Notes = Readonly<Record<string, string>>;

/** Levels that a login here can have: a session that was there before, and a proof just now. */
const BY_SESSION = 0;
const FRESH = 1;

const ofIdToken = (notes: Notes, claim: string) => {
  const text = notes['claims'];
  return text === undefined ? undefined : requestedClaims(text)?.id_token.get(claim);
};

/** Whether the answer may be about this user: a request that names a subject is answered about nobody else (OpenID Connect Core section 3.1.2.2). */
export function meansUser(notes: Notes, user: Pick<User, 'id'>): boolean {
  const asked = ofIdToken(notes, 'sub');
  return asked === undefined || asked.values.length === 0 || asked.values.includes(user.id);
}

/**
 * What an essential `acr` with values wants (section 5.5.1.1): nothing more than there is, a proof just now, or what no login here can give.
 * Such a login would have to fail at its end, so that it is refused at once.
 */
export function acrDemand(realm: Realm, client: Client, notes: Notes): 'none' | 'fresh' | 'unknown' {
  const asked = ofIdToken(notes, 'acr');
  if (asked === undefined || !asked.essential || asked.values.length === 0) return 'none';
  const levels = levelNames(client.attributes['acr.loa.map'] || realm.attributes['acr.loa.map'] || '{}');
  const wanted = asked.values.map((value) => (typeof value === 'string' ? (levels.get(value) ?? Number(value)) : Number.NaN));
  if (wanted.includes(BY_SESSION)) return 'none';
  return wanted.includes(FRESH) ? 'fresh' : 'unknown';
}

function levelNames(json: string): ReadonlyMap<string, number> {
  try {
    const map: unknown = JSON.parse(json);
    return typeof map === 'object' && map !== null ? new Map(Object.entries(map).map(([name, level]) => [name, Number(level)])) : new Map();
  } catch {
    return new Map();
  }
}
