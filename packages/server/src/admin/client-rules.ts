import { ReplyError } from '../http/errors.ts';
import type { Client } from '../model/index.ts';
import { invalidValue } from './answers.ts';

const MAX_TEXT_CHARACTERS = 255;
const ILLEGAL_SCHEME = /^\s*(?:javascript|data|vbscript):/i;

/** What a client may not hold, whoever writes it. @throws ReplyError 400. */
export function checkClient(client: Client): void {
  for (const name of ['clientId', 'name', 'description', 'rootUrl', 'baseUrl', 'adminUrl'] as const) {
    if ((client[name]?.length ?? 0) > MAX_TEXT_CHARACTERS) throw invalidValue(`${name} has more than ${MAX_TEXT_CHARACTERS} characters`);
  }
  refuseScheme(client.rootUrl, 'Root URL');
  refuseScheme(client.baseUrl, 'Base URL');
  refuseScheme(client.adminUrl, 'Backchannel logout URL');
  for (const uri of client.redirectUris) {
    if (uri.includes('#')) throw invalidInput('Redirect URIs must not contain an URI fragment');
    refuseScheme(uri, 'A redirect URI');
  }
}

function refuseScheme(uri: string | undefined, what: string): void {
  if (uri !== undefined && ILLEGAL_SCHEME.test(uri)) throw invalidInput(`${what} uses an illegal scheme`);
}

function invalidInput(description: string): ReplyError {
  return new ReplyError(400, { error: 'invalid_input', error_description: description });
}
