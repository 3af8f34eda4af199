import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail as it arrived. */
export interface ReceivedMail {
  readonly to: readonly string[];
  readonly raw: string;
  /** The whole mail with its transfer encoding undone. */
  readonly text: string;
}

/** A real SMTP server on the own machine that keeps what it is given. */
export interface Mailbox extends AsyncDisposable {
  /** For `smtpServer` of a realm. */
  readonly settings: Readonly<Record<string, string>>;
  readonly mails: readonly ReceivedMail[];
  /** The next mail that was not looked at yet. */
  next(): Promise<ReceivedMail>;
  /** Address that the link of the next mail points to. */
  nextLink(): Promise<string>;
}

const WAIT_MS = 60_000;

/** @param login the server wants this user and password */
export async function openMailbox(login?: { readonly user: string; readonly password: string }): Promise<Mailbox> {
  const mails: ReceivedMail[] = [];
  const waiting: (() => void)[] = [];
  let looked = 0;
  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth(auth, _session, done) {
      const right = auth.username === login?.user && auth.password === login?.password;
      done(right ? null : new Error('wrong user or password'), right ? { user: auth.username } : undefined);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw, text: decoded(raw) });
        for (const wake of waiting.splice(0)) wake();
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;

  async function next(): Promise<ReceivedMail> {
    const index = looked;
    looked += 1;
    const late = AbortSignal.timeout(WAIT_MS);
    while (mails[index] === undefined) {
      await new Promise<void>((resolve, reject) => {
        waiting.push(resolve);
        late.addEventListener('abort', () => reject(new Error('no mail arrived')), { once: true });
      });
    }
    return mails[index];
  }

  return {
    settings: {
      host: '127.0.0.1',
      port: String(port),
      from: 'id@example.org',
      fromDisplayName: 'Identity',
      ...(login === undefined ? {} : { auth: 'true', user: login.user, password: login.password }),
    },
    mails,
    next,
    async nextLink() {
      const { text } = await next();
      const [link] = /https?:\/\/\S+\/login-actions\/action-token\?key=[\w.-]+/.exec(text) ?? [];
      if (link === undefined) throw new Error(`no link in ${text}`);
      return link;
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Undoes quoted-printable (RFC 2045 section 6.7). */
function decoded(raw: string): string {
  return raw
    .replace(/=\r?\n/g, '')
    .replace(/(?:=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString('utf8'));
}
