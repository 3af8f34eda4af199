import type { ServerContext } from '../../context.ts';
import { ServerError } from '../../http/errors.ts';
import type { Client, Realm } from '../../model/index.ts';
import type { RawParameters } from '../authorization-request.ts';
import { isRegistered } from '../redirect-uri.ts';
import { MAX_REQUEST_OBJECT, readRequestObject } from './request-object.ts';

/** Client attributes of Keycloak: whether request objects must come and how, and where they may lie. */
const REQUIRED_ATTRIBUTE = 'request.object.required';
const ADDRESSES_ATTRIBUTE = 'request.uris';

export type ResolvedRequest =
  | { readonly ok: true; readonly parameters: RawParameters }
  /** The request cannot be read, so nobody knows where to tell it. */
  | { readonly ok: false; readonly reason: string };

const refused = (reason: string): ResolvedRequest => ({ ok: false, reason });

/**
 * An authorization request with its request object, by value or by reference (RFC 9101 section 5, OpenID Connect Core section 6), taken apart.
 * What the object says wins over what the address says; `response_type` and `client_id` must not differ.
 */
export async function resolveRequest(
  context: ServerContext,
  realm: Realm,
  client: Client,
  where: { readonly issuer: string; readonly baseUrl: string },
  sent: RawParameters,
): Promise<ResolvedRequest> {
  const { request, request_uri: requestUri, ...outer } = sent;
  const demanded = client.attributes[REQUIRED_ATTRIBUTE] ?? '';
  if (request === undefined && requestUri === undefined) {
    return demanded === '' || demanded === 'not required' ? { ok: true, parameters: sent } : refused('a request object is missing');
  }
  if (request !== undefined && requestUri !== undefined) return refused('request and request_uri came together');
  if (demanded === 'request only' && request === undefined) return refused('the request object must come by value');
  if (demanded === 'request_uri only' && requestUri === undefined) return refused('the request object must come by reference');
  const text = request ?? (await fetched(context, client, where.baseUrl, requestUri));
  if (typeof text !== 'string') return refused('the request object cannot be had');
  const inner = await readRequestObject(context, realm, client, where.issuer, text);
  if (inner === undefined) return refused('the request object is no good');
  if (outer['response_type'] !== undefined && inner['response_type'] !== undefined && outer['response_type'] !== inner['response_type']) {
    return refused('Parameter response_type does not match');
  }
  return { ok: true, parameters: { ...outer, ...inner, client_id: client.clientId } };
}

/** The object under an address that the client registered; no other address is ever asked. */
async function fetched(context: ServerContext, client: Client, baseUrl: string, uri: unknown): Promise<string | undefined> {
  const registered = (client.attributes[ADDRESSES_ATTRIBUTE] ?? '').split('##').filter((entry) => entry !== '');
  if (typeof uri !== 'string' || !isRegistered(uri, registered, client, baseUrl)) return undefined;
  const [url = ''] = uri.split('#', 1);
  try {
    const headers = { accept: 'application/oauth-authz-req+jwt, application/jwt' };
    const answer = await context.outbound({ url, headers, maxBytes: MAX_REQUEST_OBJECT });
    return answer.status === 200 ? answer.body.toString('utf8').trim() : undefined;
  } catch (error) {
    if (error instanceof ServerError) return undefined;
    throw error;
  }
}
