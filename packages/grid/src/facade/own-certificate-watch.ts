import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { GridLogLine, OwnCertificates } from '../api.ts';
import { GridError } from '../errors.ts';
import type { CertificateKeeper } from './certificate-keeper.ts';
import type { Time } from './time.ts';

const dayMs = 86_400_000;
/** From here on the operator is told each day. */
const warnMs = 30 * dayMs;

/** Says in time that a certificate which nobody rotates comes to its end. */
export class OwnCertificateWatch implements CertificateKeeper {
  readonly #endMs: number;
  readonly #subject: string;
  readonly #time: Time;
  readonly #log: (line: GridLogLine) => void;
  #timer: Disposable | undefined;

  /** @throws GridError GRID_BAD_CONFIGURATION where key and certificate do not fit, or the certificate is over. */
  constructor({ certificate, key }: OwnCertificates, time: Time, log: (line: GridLogLine) => void) {
    const parsed = readCertificate(certificate, key);
    this.#endMs = parsed.validToDate.getTime();
    this.#subject = parsed.subject.replaceAll('\n', ', ');
    this.#time = time;
    this.#log = log;
    if (this.#endMs <= time.wallMs())
      throw new GridError('GRID_BAD_CONFIGURATION', `tls.certificate (${this.#subject}) expired at ${new Date(this.#endMs).toISOString()}`);
  }

  start(): void {
    this.#look();
    this.#timer = this.#time.every(dayMs, () => this.#look());
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]();
  }

  changed(): void {}

  figures(): Record<string, number> {
    return { certificateExpirySeconds: Math.floor((this.#endMs - this.#time.wallMs()) / 1_000) };
  }

  #look(): void {
    const leftMs = this.#endMs - this.#time.wallMs();
    if (leftMs > warnMs) return;
    const end = new Date(this.#endMs).toISOString();
    const message = leftMs > 0 ? `expires at ${end}` : `expired at ${end}: other members refuse new connections`;
    this.#log({
      level: 'warn',
      message: `the certificate of this member (${this.#subject}) ${message}; nobody rotates it, replace the key store`,
    });
  }
}

/** The words of the cryptography are left out: they may quote what they could not read. */
function readCertificate(certificate: string, key: string): X509Certificate {
  let parsed: X509Certificate;
  let fits: boolean;
  try {
    parsed = new X509Certificate(certificate);
    fits = parsed.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw new GridError('GRID_BAD_CONFIGURATION', 'tls.certificate or tls.key cannot be read: both are PEM');
  }
  if (!fits)
    throw new GridError('GRID_BAD_CONFIGURATION', `tls.key is not the key of tls.certificate (${parsed.subject.replaceAll('\n', ', ')})`);
  return parsed;
}
