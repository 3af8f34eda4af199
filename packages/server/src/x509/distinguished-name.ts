import { AsnConvert } from '@peculiar/asn1-schema';
import type { AttributeTypeAndValue, Name } from '@peculiar/asn1-x509';

const EMAIL_OID = '1.2.840.113549.1.9.1';

/** Short names of attribute types by identifier (RFC 4514 section 3). */
const standardNames: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
]);
/** What Java prints beyond those. */
const printedNames: ReadonlyMap<string, string> = new Map([
  ...standardNames,
  ['2.5.4.12', 'T'],
  ['2.5.4.42', 'GIVENNAME'],
  ['2.5.4.43', 'INITIALS'],
  ['2.5.4.4', 'SURNAME'],
  ['2.5.4.44', 'GENERATION'],
  ['2.5.4.46', 'DNQUALIFIER'],
  ['2.5.4.5', 'SERIALNUMBER'],
  [EMAIL_OID, 'EMAILADDRESS'],
]);
/** Names that certificate subjects of clients are written with in their registration, beyond the standard ones. */
const registrationNames: ReadonlyMap<string, string> = new Map([
  ...standardNames,
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.15', 'businessCategory'],
  ['1.3.6.1.4.1.311.60.2.1.3', 'jurisdictionCountryName'],
  [EMAIL_OID, 'emailAddress'],
]);

/** One attribute as identifier and text. */
interface Attribute {
  readonly oid: string;
  readonly text: string;
  /** The value as `#` and hexadecimal DER: how values of types without a name of their own are written (RFC 4514 section 2.4). */
  hex(): string;
}

function attributeOf({ type, value }: AttributeTypeAndValue): Attribute {
  return { oid: type, text: value.toString(), hex: () => `#${Buffer.from(AsnConvert.serialize(value)).toString('hex')}` };
}

/** Relative names, the most special first: the reverse of their order in the certificate. */
function relativeNames(name: Name): readonly (readonly Attribute[])[] {
  return [...name].reverse().map((relative) => [...relative].map(attributeOf));
}

/** The values of an attribute type in a name, in the order of the certificate. */
export function valuesOf(name: Name, oid: string): readonly string[] {
  return [...name].flatMap((relative) =>
    [...relative]
      .map(attributeOf)
      .filter((one) => one.oid === oid)
      .map(({ text }) => text),
  );
}

export const commonNameOf = (name: Name): string | undefined => valuesOf(name, '2.5.4.3').at(-1);
export const emailOf = (name: Name): string | undefined => valuesOf(name, EMAIL_OID).at(-1);

/** A value with what has a meaning in a name escaped (RFC 4514 section 2.4). */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\",+;<>]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ');
}

/** A value as Java prints it for people: in quotes where it holds something of the syntax. */
function quoted(text: string): string {
  return /[,+=<>#;\\"\n]|^ | $| {2}/.test(text) ? `"${text.replaceAll(/[\\"]/g, '\\$&')}"` : text;
}

/** `CN=Alice, OU=People, O=Example`: what a regular expression over a subject is matched with. */
export function printedName(name: Name): string {
  const one = ({ oid, text }: Attribute): string => `${printedNames.get(oid) ?? `OID.${oid}`}=${quoted(text)}`;
  return relativeNames(name)
    .map((relative) => relative.map(one).join(' + '))
    .join(', ');
}

/** `cn=alice,ou=people,o=example`: one spelling for all that RFC 2253 holds for equal, with Java's rules. */
export function canonicalName(name: Name): string {
  const one = ({ oid, text, hex }: Attribute): string => {
    const keyword = standardNames.get(oid)?.toLowerCase();
    return keyword === undefined ? `${oid}=${hex()}` : `${keyword}=${escaped(folded(text))}`;
  };
  return relativeNames(name)
    .map((relative) => relative.map(one).sort().join('+'))
    .join(',');
}

function folded(text: string): string {
  return text.normalize('NFKD').trim().replaceAll(/\s+/g, ' ').toLowerCase();
}

/** `CN=client,O=Example`: the form in which a client's subject is registered (RFC 4514 with the names that are in use for clients). */
export function registeredName(name: Name): string {
  const one = ({ oid, text, hex }: Attribute): string => {
    const keyword = registrationNames.get(oid);
    return keyword === undefined ? `${oid}=${hex()}` : `${keyword}=${escaped(text)}`;
  };
  return relativeNames(name)
    .map((relative) => relative.map(one).join('+'))
    .join(',');
}

const oidByName: ReadonlyMap<string, string> = new Map([
  ...[...printedNames, ...registrationNames].map(([oid, short]) => [short.toLowerCase(), oid] as const),
  ['e', EMAIL_OID],
]);

/** Splits at separators that are neither escaped nor in quotes. */
function split(text: string, separators: string): readonly string[] {
  const parts: string[] = [''];
  let inQuotes = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (character === '\\') {
      parts[parts.length - 1] += character + (text[index + 1] ?? '');
      index += 1;
    } else if (!inQuotes && separators.includes(character)) parts.push('');
    else {
      if (character === '"') inQuotes = !inQuotes;
      parts[parts.length - 1] += character;
    }
  }
  return parts;
}

/** The text of a value that is written as `#` and DER: short strings, which is what names hold. */
function ofHex(text: string): string | undefined {
  const bytes = Buffer.from(text.slice(1), 'hex');
  const length = bytes[1] ?? 0;
  return /^#(?:[0-9a-f]{2})+$/i.test(text) && length < 0x80 && bytes.length === length + 2 ? bytes.subarray(2).toString() : undefined;
}

function unescaped(text: string): string {
  const hex = text.startsWith('#') ? ofHex(text) : undefined;
  if (hex !== undefined) return hex;
  const inner = /^"(.*)"$/s.exec(text)?.[1] ?? text;
  const bytes: Buffer[] = [];
  for (const [match] of inner.matchAll(/\\[0-9A-Fa-f]{2}|\\.|[^\\]+/gs)) {
    if (/^\\[0-9A-Fa-f]{2}$/.test(match)) bytes.push(Buffer.from(match.slice(1), 'hex'));
    else bytes.push(Buffer.from(match.startsWith('\\') ? match.slice(1) : match));
  }
  return Buffer.concat(bytes).toString();
}

/** The names of a written name as sorted `oid=value` texts, so that two spellings of one name are equal; undefined where it is none. */
function comparable(text: string): readonly string[] | undefined {
  const names: string[] = [];
  for (const relative of split(text, ',;')) {
    const attributes: string[] = [];
    for (const pair of split(relative, '+')) {
      const at = pair.indexOf('=');
      const type = pair
        .slice(0, at)
        .trim()
        .toLowerCase()
        .replace(/^oid\./, '');
      const oid = oidByName.get(type) ?? (/^\d+(?:\.\d+)+$/.test(type) ? type : undefined);
      if (at < 1 || oid === undefined) return undefined;
      attributes.push(`${oid}=${folded(unescaped(pair.slice(at + 1).trim()))}`);
    }
    names.push(attributes.sort().join('+'));
  }
  return names;
}

/** Whether a written name (RFC 4514) is the name of a certificate, compared by the rules for names rather than letter by letter. */
export function isNamed(name: Name, written: string): boolean {
  const wanted = comparable(written);
  const found = relativeNames(name).map((relative) =>
    relative
      .map(({ oid, text }) => `${oid}=${folded(text)}`)
      .sort()
      .join('+'),
  );
  return wanted !== undefined && found.length > 0 && wanted.length === found.length && wanted.every((part, index) => part === found[index]);
}
