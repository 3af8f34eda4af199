import type { Topic } from '../api.ts';

/** What the keeper of a certificate knows of the running member. */
export interface KeptMember {
  readonly topic: Topic;
  coordinates(): boolean;
  epoch(): number;
}

/** Looks after the certificate that a member shows. */
export interface CertificateKeeper {
  start(member: KeptMember): void;
  stop(): void;
  /** The view, the lease or the time changed. */
  changed(): void;
  figures(): Record<string, number>;
}
