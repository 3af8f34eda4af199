/** What a login URL carries so that an expired login can still be answered to the client: Keycloak's `client_data`. */
export interface ClientData {
  readonly redirectUri: string;
  readonly responseType: string;
  readonly responseMode: string | undefined;
  readonly state: string | undefined;
}

const MAX_CLIENT_DATA_LENGTH = 8_192;

export function encodeClientData(data: ClientData): string {
  return Buffer.from(JSON.stringify({ ru: data.redirectUri, rt: data.responseType, rm: data.responseMode, st: data.state })).toString(
    'base64url',
  );
}

/** Reads `client_data`. It is not signed: whoever uses the redirect URI must check it against the client first. */
export function decodeClientData(text: string | undefined): ClientData | undefined {
  if (text === undefined || text.length > MAX_CLIENT_DATA_LENGTH) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { ru, rt, rm, st } = value as Record<string, unknown>;
  if (typeof ru !== 'string' || typeof rt !== 'string') return undefined;
  return {
    redirectUri: ru,
    responseType: rt,
    responseMode: typeof rm === 'string' ? rm : undefined,
    state: typeof st === 'string' ? st : undefined,
  };
}
