import type { Transporter } from 'nodemailer';
import { ServerError } from '../http/errors.ts';
import type { Realm } from '../model/index.ts';

/** A mail as text and as HTML, to one address. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Mails through the SMTP server that the realm names. */
export interface Mailer {
  /** @throws ServerError KG_MAIL_NOT_SENT where the realm names no server, or the server did not take the mail in time. */
  send(realm: Realm, mail: Mail): Promise<void>;
  /**
   * Sends behind the request, so that the answer tells nothing by its time. Never throws; `onFailure` learns of a mail that was not sent.
   */
  sendLater(realm: Realm, mail: Mail, onFailure: (error: unknown) => void): void;
}

/** The settings of a realm (`smtpServer`), as Keycloak names them. */
export type SmtpSettings = Readonly<Record<string, string>>;

const CONNECT_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 15_000;
/** Mails that are under way behind requests; more are refused, so that a server that hangs cannot fill memory. */
const MAX_LATER = 200;

export function createMailer(): Mailer {
  let later = 0;
  const mailer: Mailer = {
    async send(realm, mail) {
      await sendBySettings(realm.smtpServer, mail);
    },
    sendLater(realm, mail, onFailure) {
      if (later >= MAX_LATER) {
        onFailure(new ServerError('KG_MAIL_NOT_SENT', `More than ${MAX_LATER} mails are under way`));
        return;
      }
      later += 1;
      mailer
        .send(realm, mail)
        .catch(onFailure)
        .finally(() => {
          later -= 1;
        });
    },
  };
  return mailer;
}

/** Sends one mail over a connection of its own: realms are many and mails are few. @throws ServerError KG_MAIL_NOT_SENT */
export async function sendBySettings(settings: SmtpSettings, mail: Mail): Promise<void> {
  const { host, from } = settings;
  if (!host) throw new ServerError('KG_MAIL_NOT_SENT', 'The realm has no mail server: smtpServer.host is not set');
  if (!from) throw new ServerError('KG_MAIL_NOT_SENT', 'The realm has no sender address: smtpServer.from is not set');
  const transport = await transportOf(settings, host);
  try {
    await transport.sendMail({
      from: addressOf(from, settings['fromDisplayName']),
      to: mail.to,
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      ...(settings['replyTo'] ? { replyTo: addressOf(settings['replyTo'], settings['replyToDisplayName']) } : {}),
      ...(settings['envelopeFrom'] ? { envelope: { from: settings['envelopeFrom'], to: mail.to } } : {}),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  } catch (error) {
    // The library's own words may hold what the server answered to the credentials: they stay in the cause.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new ServerError('KG_MAIL_NOT_SENT', `The mail server ${host} did not take the mail (${code})`, { cause: error });
  } finally {
    transport.close();
  }
}

/** The library is loaded by the first mail: most nodes send none, and its 40 modules are 2 MB of memory and a part of the start. */
async function transportOf(settings: SmtpSettings, host: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  const secure = settings['ssl'] === 'true';
  const port = Number(settings['port'] || (secure ? 465 : 25));
  const credentials = { user: settings['user'] ?? '', pass: settings['password'] ?? '' };
  return createTransport({
    host,
    port,
    secure,
    requireTLS: settings['starttls'] === 'true',
    ...(settings['auth'] === 'true' ? { auth: credentials } : {}),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
  });
}

function addressOf(address: string, name: string | undefined): string | { readonly name: string; readonly address: string } {
  return name ? { name, address } : address;
}
