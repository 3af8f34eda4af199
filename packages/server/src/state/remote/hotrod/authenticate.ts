import { saslMechanismNames } from '../../../config/options/spi.ts';
import type { HotRodConnection, HotRodOptions } from './connection.ts';
import { HotRodServerError } from './connection.ts';
import { operations } from './protocol.ts';
import { type Credentials, SaslError, saslExchange } from './sasl.ts';

/** Both ends use it for digests; Infinispan's default. */
const saslServerName = 'infinispan';
/** Challenges of one exchange; no mechanism has more than two. */
const maxChallenges = 4;

/** Why a server does not let this client in, in one line that names what to do. */
export class HotRodAccessError extends Error {
  override name = 'HotRodAccessError';
}

/**
 * Authenticates where credentials are set, and makes sure that the server lets requests through in any case.
 * @throws HotRodAccessError
 */
export async function authenticate(connection: HotRodConnection, options: HotRodOptions): Promise<void> {
  const offered = await connection.request(operations.mechanisms, '', undefined, (reader) =>
    Array.from({ length: reader.variable() }, () => reader.text()),
  );
  // A server without authentication offers none, and takes requests as they come.
  if (offered.length === 0) return;
  const { credentials } = options;
  if (credentials === undefined)
    throw new HotRodAccessError("it asks for a name and a password; set 'cache-remote-username' and 'cache-remote-password'");
  await exchange(connection, credentials, options, offered);
}

async function exchange(
  connection: HotRodConnection,
  credentials: Credentials,
  options: HotRodOptions,
  offered: readonly string[],
): Promise<void> {
  const mechanism = options.mechanism ?? saslMechanismNames.find((one) => offered.includes(one));
  if (mechanism === undefined || !offered.includes(mechanism)) {
    throw new HotRodAccessError(
      `it offers the mechanisms ${offered.join(', ')}, and ${mechanism ?? 'none of them'} can be used; see 'spi-cache-remote--default--sasl-mechanism'`,
    );
  }
  const sasl = saslExchange(mechanism, credentials, options.realm, saslServerName);
  let message = sasl.first();
  try {
    for (let challenges = 0; challenges < maxChallenges; challenges += 1) {
      const sent = message;
      const answer = await connection.request(
        operations.authenticate,
        '',
        (writer) => writer.text(mechanism).bytes(sent),
        (reader) => ({ complete: reader.byte() === 1, challenge: Buffer.from(reader.bytes()) }),
      );
      message = sasl.answer(answer.challenge);
      // The server counts the exchange as open and yet expects nothing more once it has shown its proof.
      if (sasl.verified) return;
      if (answer.complete) throw new SaslError('the server did not prove that it knows the password');
    }
  } catch (error) {
    if (error instanceof SaslError) throw new HotRodAccessError(error.message);
    if (!(error instanceof HotRodServerError)) throw error;
  }
  throw new HotRodAccessError(`it refuses the user '${credentials.username}' or the password (${mechanism})`);
}
