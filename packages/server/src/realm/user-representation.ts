import { randomUUID } from 'node:crypto';
import type { Credential, User } from '../model/index.ts';
import type { Fields, Representation } from './fields.ts';

const limit = 255;

/** A user from a UserRepresentation; names and addresses in lower case. What it does not speak of stays as in `base`. */
export function userFromRepresentation(fields: Fields, realmId: string, nowMs: number, base?: User): User {
  const email = lowerCased(fields, 'email') ?? base?.email;
  const firstName = fields.text('firstName') ?? base?.firstName;
  const lastName = fields.text('lastName') ?? base?.lastName;
  const link = fields.text('serviceAccountClientLink') ?? base?.serviceAccountClientLink;
  const federationLink = fields.text('federationLink') ?? base?.federationLink;
  return {
    id: base?.id ?? fields.text('id') ?? randomUUID(),
    realmId,
    version: base?.version ?? 0,
    username: lowerCased(fields, 'username') || base?.username || fields.requiredText('username'),
    ...(email === undefined || email === '' ? {} : { email }),
    emailVerified: fields.flag('emailVerified') ?? base?.emailVerified ?? false,
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
    enabled: fields.flag('enabled') ?? base?.enabled ?? false,
    createdTimestamp: fields.integer('createdTimestamp') ?? base?.createdTimestamp ?? nowMs,
    notBefore: fields.integer('notBefore') ?? base?.notBefore ?? 0,
    attributes: fields.textListMap('attributes') ?? base?.attributes ?? {},
    requiredActions: fields.texts('requiredActions') ?? base?.requiredActions ?? [],
    ...(link === undefined ? {} : { serviceAccountClientLink: link }),
    ...(federationLink === undefined ? {} : { federationLink }),
  };
}

export function userToRepresentation(user: User): Representation {
  const { realmId: _, version: __, serviceAccountClientLink: ___, attributes, ...shown } = user;
  return {
    ...shown,
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    totp: false,
    disableableCredentialTypes: [],
  };
}

/** A password in plain text, to be hashed before it is stored. */
export interface PlainPassword {
  readonly plain: string;
  readonly temporary: boolean;
}

/**
 * A credential of a user: as stored (secretData and credentialData, also as the objects that older exports had apart), or `{type: 'password',
 * value}` in plain text.
 */
export function credentialFromRepresentation(fields: Fields, userId: string, nowMs: number): Credential | PlainPassword {
  const type = fields.text('type') ?? 'password';
  const secretData = fields.text('secretData');
  const credentialData = fields.text('credentialData');
  if (secretData === undefined || credentialData === undefined) {
    const plain = fields.text('value');
    if (type === 'password' && plain !== undefined) return { plain, temporary: fields.flag('temporary') ?? false };
    return fields.refuse('secretData', 'is missing: a credential needs secretData and credentialData, or type password and a value');
  }
  for (const [name, text] of Object.entries({ secretData, credentialData })) {
    if (!isJsonObject(text)) fields.refuse(name, 'must be the text of a JSON object');
  }
  const userLabel = fields.text('userLabel');
  return {
    id: fields.text('id') ?? randomUUID(),
    userId,
    type,
    ...(userLabel === undefined ? {} : { userLabel }),
    createdDate: fields.integer('createdDate') ?? nowMs,
    secretData,
    credentialData,
    priority: fields.integer('priority') ?? 10,
    version: 0,
  };
}

/** The stored credential, with its secret: for full exports only. */
export function credentialToRepresentation(credential: Credential): Representation {
  const { userId: _, version: __, priority: ___, ...shown } = credential;
  return shown;
}

function lowerCased(fields: Fields, name: string): string | undefined {
  const value = fields.text(name)?.trim().toLowerCase();
  if (value !== undefined && value.length > limit) fields.refuse(name, `is longer than ${limit} characters`);
  return value;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
