import type { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What a request says about the client that sends it. */
export interface ClientCredentials {
  readonly headers: Pick<IncomingHttpHeaders, 'authorization'>;
  /** Form parameters, single valued. */
  readonly form: ReadonlyMap<string, string>;
  /** `iss` of the realm under the name that the request came by: what proofs that name an audience must name. */
  readonly issuer: string;
  /** The certificate that the sender has proven to hold, then those up to its authority. Undefined: certificates are not looked at here. */
  certificates?(): Promise<readonly X509Certificate[]>;
}

/** Longest client id and secret that are looked at, in characters. */
const MAX_LENGTH = 4_096;

/** Id and secret of an `Authorization: Basic` header, form-decoded as RFC 6749 section 2.3.1 asks; undefined where there is none or it is malformed. */
export function basicCredentials(header: string | undefined): { readonly id: string; readonly secret: string } | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/_-]+={0,2})$/i.exec(header ?? '') ?? [];
  if (encoded === undefined || encoded.length > 2 * MAX_LENGTH) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 0 || /\0|%00/.test(text)) return undefined;
  return { id: formDecode(text.slice(0, colon)), secret: formDecode(text.slice(colon + 1)) };
}

/** A broken percent sequence stays as it is: secrets from before the encoding rule hold plain percent signs. */
function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
