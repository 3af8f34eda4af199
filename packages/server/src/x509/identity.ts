import type { X509Certificate } from 'node:crypto';
import { AsnConvert, AsnUtf8StringConverter } from '@peculiar/asn1-schema';
import type { GeneralName } from '@peculiar/asn1-x509';
import { detailsOf } from './certificate-details.ts';
import { canonicalName, commonNameOf, emailOf, printedName } from './distinguished-name.ts';
import type { X509Settings } from './settings.ts';

/** otherName of Microsoft's user principal name. */
const UPN = '1.3.6.1.4.1.311.20.2.3';
/** A pattern of an administrator runs over what a stranger wrote: neither may be long. */
const MAX_TEXT = 2_048;
const MAX_PATTERN = 512;

function principalName({ otherName }: GeneralName): string | undefined {
  if (otherName?.typeId !== UPN) return undefined;
  try {
    return AsnConvert.parse(otherName.value, Utf8Text).value;
  } catch {
    return undefined;
  }
}

class Utf8Text {
  value = '';
  fromASN(asn: Parameters<typeof AsnUtf8StringConverter.fromASN>[0]): this {
    this.value = AsnUtf8StringConverter.fromASN(asn);
    return this;
  }
  toASN(): ReturnType<typeof AsnUtf8StringConverter.toASN> {
    return AsnUtf8StringConverter.toASN(this.value);
  }
}

/** What the one group of the pattern holds, wherever in the text it matches. A pattern with another number of groups finds nobody. */
function matched(pattern: string, text: string): string | undefined {
  if (text.length > MAX_TEXT || pattern.length > MAX_PATTERN) return undefined;
  const found = new RegExp(pattern, 'i').exec(text);
  return found?.length === 2 ? found[1] : undefined;
}

/** The identity that a certificate names, as the settings want it read: one value, or serial number and issuer. Undefined where it names none. */
export function identityIn(certificate: X509Certificate, settings: X509Settings): readonly string[] | undefined {
  const details = detailsOf(certificate);
  const nameText = settings.canonicalNames ? canonicalName : printedName;
  const one = (value: string | undefined): readonly string[] | undefined => (value === undefined || value === '' ? undefined : [value]);
  const serial = details.serial.toString(settings.hexadecimalSerial ? 16 : 10);
  switch (settings.source) {
    case 'Match SubjectDN using regular expression':
      return one(matched(settings.pattern, nameText(details.subject)));
    case 'Match IssuerDN using regular expression':
      return one(matched(settings.pattern, nameText(details.issuer)));
    case "Subject's e-mail":
      return one(emailOf(details.subject));
    case "Subject's Common Name":
      return one(commonNameOf(details.subject));
    case "Subject's Alternative Name E-mail":
      return one(details.subjectAlternativeNames.find(({ rfc822Name }) => rfc822Name !== undefined)?.rfc822Name);
    case "Subject's Alternative Name otherName (UPN)":
      return one(details.subjectAlternativeNames.map(principalName).find((value) => value !== undefined));
    case 'Certificate Serial Number':
      return one(serial);
    case 'Certificate Serial Number and IssuerDN':
      return [serial, nameText(details.issuer)];
    case 'SHA-256 Thumbprint':
      return one(certificate.fingerprint256.replaceAll(':', '').toLowerCase());
    case 'Full Certificate in PEM format':
      return one(certificate.raw.toString('base64'));
  }
}
