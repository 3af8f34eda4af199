import type { X509Certificate } from 'node:crypto';
import type { State } from '../../cache/contracts.ts';
import type { Clock } from '../../model/clock.ts';
import type { Realm, User } from '../../model/index.ts';
import type { Storage } from '../../store/stores.ts';
import type { CertificateLogin, CertificateNames } from '../../x509/certificate-login.ts';
import { findUser } from '../find-user.ts';

export interface CertificateStepParts {
  readonly state: Pick<State, 'directory' | 'loginFailures'>;
  readonly storage: Pick<Storage, 'stores'>;
  readonly certificates: Pick<CertificateLogin, 'judge' | 'namesOf'>;
  readonly clock: Clock;
}

/** What a certificate is worth in a login. */
export type CertificateOutcome =
  | { readonly kind: 'none' }
  /** `reason` says how far it came; `message` is for programs and the log. */
  | {
      readonly kind: 'refused';
      readonly reason: 'certificate' | 'identity' | 'unknown-user' | 'locked' | 'disabled';
      readonly message: string;
      readonly event: 'invalid_user_credentials' | 'user_not_found' | 'user_disabled' | 'user_temporarily_disabled';
      readonly names: CertificateNames;
      readonly user?: User | undefined;
      /** Whom the certificate names where nobody has that name. */
      readonly username?: string | undefined;
    }
  | { readonly kind: 'user'; readonly user: User; readonly names: CertificateNames; readonly confirm: boolean };

/** Users with these values, each in its attribute; two are as bad as none, for nobody knows which is meant. */
async function byAttributes(
  { storage }: CertificateStepParts,
  realm: Realm,
  attributes: readonly string[],
  identity: readonly string[],
): Promise<User | undefined> {
  if (attributes.length !== identity.length) return undefined;
  const wanted = Object.fromEntries(attributes.map((name, index) => [name, identity[index] ?? '']));
  const found = await storage.stores.users.list(realm.id, { attributes: wanted, first: 0, max: 2 });
  return found.length === 1 ? found[0] : undefined;
}

/** Checks a certificate by the settings of a step and finds the user whom it names. */
export async function certificateStep(
  parts: CertificateStepParts,
  realm: Realm,
  chain: readonly X509Certificate[],
  config: Readonly<Record<string, string>>,
): Promise<CertificateOutcome> {
  const [leaf] = chain;
  if (leaf === undefined) return { kind: 'none' };
  const { directory, loginFailures } = parts.state;
  const verdict = await parts.certificates.judge(chain, config);
  if (!verdict.ok) {
    // What cannot be read has no names.
    const names = await parts.certificates.namesOf(leaf).catch(() => ({ subject: '', issuer: '', serialNumber: '' }));
    return { kind: 'refused', reason: verdict.reason, message: verdict.message, event: 'invalid_user_credentials', names };
  }
  const names = await parts.certificates.namesOf(leaf);
  const { identity, attributes } = verdict;
  const [only = ''] = identity.length === 1 ? identity : [];
  const user = attributes === undefined ? await findUser(directory, realm, only) : await byAttributes(parts, realm, attributes, identity);
  const refused = { kind: 'refused' as const, names, user };
  if (user === undefined || user.serviceAccountClientLink !== undefined)
    return {
      ...refused,
      user: undefined,
      reason: 'unknown-user',
      message: 'Invalid user credentials',
      event: 'user_not_found',
      username: only,
    };
  const failure = realm.bruteForceProtected ? await loginFailures.get(realm, user.id) : undefined;
  if (failure !== undefined && failure.failedLoginNotBefore > parts.clock.nowSeconds())
    return { ...refused, reason: 'locked', message: 'Invalid user credentials', event: 'user_temporarily_disabled' };
  if (!user.enabled) return { ...refused, reason: 'disabled', message: 'Account disabled', event: 'user_disabled' };
  return { kind: 'user', user, names, confirm: !verdict.withoutConfirmation };
}

/** The certificate in an event, under Keycloak's names. */
export function certificateDetails({ subject, issuer, serialNumber }: CertificateNames): Readonly<Record<string, string>> {
  return {
    x509_cert_serial_number: serialNumber,
    x509_cert_subject_distinguished_name: subject,
    x509_cert_issuer_distinguished_name: issuer,
  };
}
