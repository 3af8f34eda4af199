import type { User } from '../../model/index.ts';
import type { MapperInput } from './mapper.ts';

/** A property of the user by its name (mapper `oidc-usermodel-property-mapper`); undefined where it is not set. */
export function userProperty(user: User, name: string): string | boolean | number | undefined {
  switch (name) {
    case 'id':
    case 'username':
    case 'email':
    case 'emailVerified':
    case 'firstName':
    case 'lastName':
    case 'enabled':
    case 'createdTimestamp':
    case 'federationLink':
    case 'serviceAccountClientLink':
      return user[name];
    default:
      return undefined;
  }
}

const ATTRIBUTE_PROPERTIES = new Set(['username', 'email', 'firstName', 'lastName']);

/** Values of a user attribute; the four profile properties count as attributes, and groups pass theirs on to members that have none. */
export function userAttribute(input: MapperInput, name: string, aggregate: boolean): readonly string[] {
  const property = ATTRIBUTE_PROPERTIES.has(name) ? userProperty(input.user, name) : undefined;
  const own = property === undefined ? (input.user.attributes[name] ?? []) : [String(property)];
  if (!aggregate && (own.length > 0 || input.groups.length === 0)) return own;
  const inherited = input.groups.flatMap((line) => line.flatMap((group) => group.attributes[name] ?? []));
  if (aggregate) return [...new Set([...own, ...inherited])];
  const [first] = input.groups.map((line) => line.find((group) => (group.attributes[name]?.length ?? 0) > 0)?.attributes[name] ?? []);
  return first ?? [];
}
