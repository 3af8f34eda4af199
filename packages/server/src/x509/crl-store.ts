import { createHash, type X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, resolve, sep } from 'node:path';
import type { Loaded, LocalCache } from '../cache/local-cache.ts';
import type { Clock } from '../model/clock.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { detailsOf } from './certificate-details.ts';
import { CertificateProblem } from './certificate-problem.ts';
import { type Crl, parseCrl } from './crl.ts';

/** Where a list can be that lies in a directory (docs/adr/0023). */
const WAY_OUT = 'Publish it under an http address too, or have a job put it into a file and name that in the setting "CRL Path".';
/** Largest list that is read; the general limit of outgoing requests may be lower. */
const MAX_CRL_BYTES = 16 * 1_048_576;

export interface CrlStoreOptions {
  /** The cache `crl`. */
  readonly cache: LocalCache;
  readonly outbound: Outbound;
  readonly clock: Clock;
  /** Where relative paths of lists begin. */
  readonly configurationDirectory: string;
  /** Longest time for which a list is kept, in seconds; zero or less: until its next update. */
  readonly cacheSeconds: number;
  /** Shortest time between two tries to get the same list, in seconds. */
  readonly minSecondsBetweenRequests: number;
}

/** A list at hand. An outdated one could not be had anew. */
export interface FoundCrl {
  readonly crl: Crl;
  readonly outdated: boolean;
}

/** Finds revocation lists by address or path, each of them signed by a given authority. */
export interface CrlStore {
  /** @throws CertificateProblem where there is none that the authority signed */
  find(place: string, issuer: X509Certificate): Promise<FoundCrl>;
}

/** What the cache holds of a place: the last list that was had, or why there is none. */
interface Entry {
  readonly crl: Crl | undefined;
  readonly problem: string | undefined;
}

const tagOf = (key: string): string => `crl:${key}`;

/** Whether the authority may sign lists at all (RFC 5280 section 4.2.1.3). */
function maySign(issuer: X509Certificate): boolean {
  const { keyUsage } = detailsOf(issuer);
  return issuer.ca && (keyUsage === undefined || keyUsage.has('cRLSign'));
}

export function createCrlStore({ cache, outbound, clock, ...options }: CrlStoreOptions): CrlStore {
  const retryMs = Math.max(1, options.minSecondsBetweenRequests) * 1_000;

  function judged(bytes: Uint8Array, place: string, issuer: X509Certificate): Crl {
    const parsed = parseCrl(bytes);
    const sameName = Buffer.compare(parsed.crl.issuer, detailsOf(issuer).subjectDer) === 0;
    if (!sameName || !maySign(issuer) || !parsed.isSignedBy(issuer.publicKey))
      throw new CertificateProblem(`The CRL ${place} is not signed by the issuer of the certificate.`);
    if (parsed.crl.thisUpdateMs > clock.nowMs() + retryMs) throw new CertificateProblem(`The CRL ${place} is of a time to come.`);
    return parsed.crl;
  }

  /** When a list has to be had anew: at its next update, earlier where the option says so, later where that is over already. */
  function refreshAt(crl: Crl): number {
    const nowMs = clock.nowMs();
    const wanted = Math.min(
      options.cacheSeconds > 0 ? nowMs + options.cacheSeconds * 1_000 : Number.POSITIVE_INFINITY,
      crl.nextUpdateMs ?? Number.POSITIVE_INFINITY,
    );
    return Math.max(wanted, nowMs + retryMs);
  }

  async function load(key: string, place: string, issuer: X509Certificate, old: Entry | undefined): Promise<Loaded<Entry>> {
    const tags = [tagOf(key)];
    try {
      const answer = await outbound({ url: place, maxBytes: MAX_CRL_BYTES, headers: { 'cache-control': 'no-cache' } });
      if (answer.status !== 200) throw new CertificateProblem(`The CRL ${place} was answered with status ${answer.status}.`);
      const crl = judged(answer.body, place, issuer);
      // An older list than the one at hand would bring revoked certificates back.
      const newest = old?.crl !== undefined && old.crl.thisUpdateMs > crl.thisUpdateMs ? old.crl : crl;
      return { value: { crl: newest, problem: undefined }, tags, expiresAtMs: refreshAt(newest) };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { value: { crl: old?.crl, problem }, tags, expiresAtMs: clock.nowMs() + retryMs };
    }
  }

  async function loadFile(key: string, path: string, issuer: X509Certificate): Promise<Loaded<Entry>> {
    const crl = judged(await readFile(path), path, issuer);
    return { value: { crl, problem: undefined }, tags: [tagOf(key)], expiresAtMs: refreshAt(crl) };
  }

  /** A path under the configuration directory, or an absolute one as it stands. */
  function pathOf(place: string): string {
    if (isAbsolute(place)) return place;
    const path = resolve(options.configurationDirectory, place);
    if (!path.startsWith(resolve(options.configurationDirectory) + sep))
      throw new CertificateProblem(`The CRL ${place} is outside of conf/.`);
    return path;
  }

  /** A file is read anew when it changes. */
  async function ofFile(place: string, issuer: X509Certificate, authority: string): Promise<Entry | undefined> {
    const path = pathOf(place);
    try {
      const { mtimeMs, size } = await stat(path);
      if (size > MAX_CRL_BYTES) throw new CertificateProblem(`The CRL ${place} is larger than ${MAX_CRL_BYTES} bytes.`);
      const key = `${authority}:${path}:${mtimeMs}:${size}`;
      return await cache.get<Entry>(key, () => loadFile(key, path, issuer));
    } catch (error) {
      if (error instanceof CertificateProblem) throw error;
      throw new CertificateProblem(`Unable to load CRL from "${place}"`, { cause: error });
    }
  }

  return {
    async find(place, issuer) {
      // The authority is part of the key: a list that another one signed under this address is another list.
      const authority = createHash('sha256').update(detailsOf(issuer).publicKeyBits).digest('base64url');
      const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(place);
      if (isAddress && !/^https?:/i.test(place))
        throw new CertificateProblem(`The CRL ${place} cannot be had: only http and https are spoken. ${WAY_OUT}`);
      const key = `${authority}:${place}`;
      const entry = isAddress
        ? await cache.get<Entry>(key, (old) => load(key, place, issuer, old))
        : await ofFile(place, issuer, authority);
      const crl = entry?.crl;
      if (crl === undefined) throw new CertificateProblem(entry?.problem ?? `Unable to load CRL from "${place}"`);
      return { crl, outdated: crl.nextUpdateMs !== undefined && crl.nextUpdateMs < clock.nowMs() };
    },
  };
}
