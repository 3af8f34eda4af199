import type { Json, PolicyConfig, PolicyType } from './policy-type.ts';
import { matchesWhole } from './safe-pattern.ts';

/** A claim of the token, or a circumstance, matches a pattern from its first character to its last. */
export const regexPolicy: PolicyType = {
  type: 'regex',
  name: 'Regex',
  group: 'Identity Based',
  fields: { targetClaim: 'text', pattern: 'text', targetContextAttributes: 'flag' },
  judge(config, subject) {
    const { targetClaim, pattern, targetContextAttributes } = config;
    if (targetClaim === undefined || pattern === undefined) return undefined;
    const value = claimAt(targetContextAttributes === 'true' ? subject.context : subject.claims, targetClaim);
    return value !== undefined && matchesWhole(pattern, value) ? 'grant' : undefined;
  },
  read: async (body) => ({
    ...textOf(body, 'targetClaim'),
    ...textOf(body, 'pattern'),
    targetContextAttributes: String(body['targetContextAttributes'] ?? false),
  }),
  show: (config) => ({
    ...textOf(config, 'targetClaim'),
    ...textOf(config, 'pattern'),
    targetContextAttributes: config['targetContextAttributes'] === 'true',
  }),
};

function textOf(from: Json, name: string): PolicyConfig {
  const value = from[name];
  return typeof value === 'string' ? { [name]: value } : {};
}

/** A claim by its name; `address.city` also looks into a claim that is an object. */
function claimAt(claims: ReadonlyMap<string, readonly string[]>, name: string): string | undefined {
  const direct = claims.get(name);
  if (direct !== undefined) return direct[0];
  const [first = '', ...path] = name.split('.');
  const outer = claims.get(first)?.[0];
  if (path.length === 0 || outer === undefined) return undefined;
  try {
    let value: unknown = JSON.parse(outer);
    for (const part of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
      value = (value as Json)[part];
    }
    return typeof value === 'object' ? undefined : String(value);
  } catch {
    return undefined;
  }
}
