/** One request to the outside: a key set, a revocation list, a responder, a provider of identities. */
export interface OutboundRequest {
  /** `http:` or `https:`. */
  readonly url: string;
  readonly method?: 'GET' | 'POST' | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** May hold secrets: never logged. */
  readonly body?: string | Uint8Array | undefined;
  /** Less than the general limit of a response, in bytes. */
  readonly maxBytes?: number | undefined;
  /** Less than the general limit of the whole exchange, in milliseconds. */
  readonly timeoutMs?: number | undefined;
}

export interface OutboundAnswer {
  readonly status: number;
  /** Of a header that came more than once the first. */
  header(name: string): string | undefined;
  readonly body: Buffer;
}

/**
 * Makes a request to the outside, under one set of limits.
 * @throws ServerError KG_OUTBOUND_REFUSED where the rules forbid the address, KG_OUTBOUND_FAILED where no whole answer came in time
 */
export type Outbound = (request: OutboundRequest) => Promise<OutboundAnswer>;

/** What all requests to the outside keep to. */
export interface OutboundRules {
  /** Connecting with name resolution and TLS, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** The whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly followRedirects: boolean;
  /** Where not empty, no other host is called. */
  readonly allowedHosts: readonly string[];
  /** Hosts to which a redirect may lead although their addresses are private. */
  readonly privateRedirectHosts: readonly string[];
  /** Requests under way at once on this node; more are refused. */
  readonly maxRunning: number;
}
