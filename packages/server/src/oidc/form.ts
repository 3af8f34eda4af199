import type { FastifyInstance, FastifyRequest } from 'fastify';
import { invalidRequest } from './oauth-error.ts';

/** More parameters than this in one form are nobody's honest request. */
const MAX_PARAMETERS = 200;

/** Parameters that may come more than once; their grant reads them itself. */
const isRepeatable = (name: string, grantType: unknown): boolean =>
  name === 'permission' || (name === 'audience' && grantType === 'urn:ietf:params:oauth:grant-type:token-exchange');

/**
 * The parameters of a form body, each once (RFC 6749 section 3.2). A body of another content type counts as an empty form, so that
 * the error names what is missing.
 */
export function formOf(request: FastifyRequest): ReadonlyMap<string, string> {
  const { body } = request;
  const form = new Map<string, string>();
  if (typeof body !== 'object' || body === null) return form;
  for (const [name, value] of Object.entries(body)) {
    if (isRepeatable(name, Reflect.get(body, 'grant_type'))) continue;
    if (typeof value !== 'string') throw invalidRequest('duplicated parameter');
    if (value.includes('\0')) throw invalidRequest('a parameter contains a NUL character');
    if (form.size >= MAX_PARAMETERS) throw invalidRequest('too many parameters');
    form.set(name, value);
  }
  return form;
}

/** Longest code or refresh token that is looked at; Keycloak treats a longer one as not given. */
const MAX_GRANT_LENGTH = 4_000;

/** A code or refresh token of the form; one that is longer than any we issue counts as absent. */
export function grantParameter(form: ReadonlyMap<string, string>, name: 'code' | 'refresh_token'): string | undefined {
  const value = form.get(name);
  return value !== undefined && value.length <= MAX_GRANT_LENGTH ? value : undefined;
}

/** Makes an encapsulated part of the server read forms only: every other body is taken in (within its limit) and thrown away. */
export function acceptFormsOnly(scope: FastifyInstance): void {
  for (const type of ['application/json', 'text/plain']) if (scope.hasContentTypeParser(type)) scope.removeContentTypeParser(type);
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined));
}
