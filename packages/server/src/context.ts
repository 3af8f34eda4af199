import type { Consents } from './authentication/consent/consents.ts';
import type { PasswordLogin, Passwords } from './authentication/contracts.ts';
import type { Authorization } from './authorization/authorization.ts';
import type { State } from './cache/contracts.ts';
import type { Features } from './config/feature-switches.ts';
import type { Events } from './events/events.ts';
import type { Logouts } from './logout/contracts.ts';
import type { Mailer } from './mail/mailer.ts';
import type { Clock } from './model/clock.ts';
import type { Logger } from './observability/logger.ts';
import type { Metrics } from './observability/metrics.ts';
import type { Outbound } from './outbound/outbound.ts';
import type { OutsideKeys } from './outside-keys/outside-keys.ts';
import type { ClientAuthentication } from './security/client-authentication/index.ts';
import type { SecondFactors } from './security/second-factor/second-factors.ts';
import type { Storage } from './store/stores.ts';
import type { Themes } from './theme/themes.ts';
import type { Tokens } from './token/contracts.ts';
import type { CertificateLogin } from './x509/certificate-login.ts';

/** What the surface is built from: one object, made once by `server.ts`, handed to every `register…` function. */
export interface ServerContext {
  readonly state: State;
  readonly storage: Storage;
  readonly tokens: Tokens;
  readonly clientAuthentication: ClientAuthentication;
  readonly passwords: Passwords;
  readonly passwordLogin: PasswordLogin;
  readonly secondFactors: SecondFactors;
  readonly consents: Consents;
  readonly authorization: Authorization;
  readonly mailer: Mailer;
  readonly logouts: Logouts;
  readonly events: Events;
  readonly certificates: CertificateLogin;
  /** The one way to ask other servers. */
  readonly outbound: Outbound;
  readonly outsideKeys: OutsideKeys;
  /** Applications may have accounts linked by `/broker/{alias}/link`. */
  readonly allowsClientInitiatedLinking: boolean;
  /** Tokens that providers gave can be had at the token endpoint (feature token-exchange). */
  readonly exchangesProviderTokens: boolean;
  /** What pages and mails look like. */
  readonly themes: Themes;
  /** What is switched on; what is off is not there for anybody. */
  readonly features: Features;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}
