import type { Shape } from '../admin/typed-json.ts';
import type { Client } from '../model/index.ts';
import type { Representation } from '../realm/fields.ts';
import { signRegistrationAccessToken } from '../token/registration-tokens.ts';
import type { RegistrationCall } from './caller.ts';

/** One form in which clients are registered. */
export interface RegistrationProvider {
  readonly id: string;
  readonly shape: Shape;
  register(call: RegistrationCall, wanted: Representation): Promise<{ readonly client: Client; readonly shown: Representation }>;
  view(call: RegistrationCall, clientId: string): Promise<Representation>;
  update(call: RegistrationCall, clientId: string, wanted: Representation): Promise<Representation>;
}

/** A fresh registration access token for the client as it is stored. */
export function registrationTokenFor(call: RegistrationCall, client: Client): Promise<string> {
  const { context, realm, issuer, auth, origins } = call;
  const access = { id: client.registrationToken ?? '', auth, origins, nowSeconds: context.clock.nowSeconds() };
  return signRegistrationAccessToken(context.tokens, realm, issuer, access);
}

/** The token that the caller goes on with: the one that was shown, or after a change the one that took its place. */
export async function nextToken(call: RegistrationCall, client: Client): Promise<string | undefined> {
  const { caller } = call;
  if (caller.kind !== 'registration') return undefined;
  return client.registrationToken === caller.id ? caller.token : registrationTokenFor(call, client);
}
