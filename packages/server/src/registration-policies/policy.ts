import type { Client, ClientScope } from '../model/index.ts';
import type { Representation } from '../realm/fields.ts';

/** Who registers: a stranger, or somebody with a token. A registered client keeps it for all its later changes. */
export type RegistrationAuth = 'anonymous' | 'authenticated';

/** Settings of a component: name -> values. */
export type PolicyConfig = Readonly<Record<string, readonly string[]>>;

/** A policy refused; `policy` is the name of its component. */
export class PolicyRejection extends Error {
  readonly policy: string;
  readonly details: string;

  constructor(policy: string, details: string) {
    super(`Policy '${policy}' rejected request to client-registration service. Details: ${details}`);
    this.name = 'PolicyRejection';
    this.policy = policy;
    this.details = details;
  }
}

/** What a policy looks at. */
export interface PolicyRequest {
  /** The ClientRepresentation that is wanted; undefined where a client is read or removed. */
  readonly wanted: Representation | undefined;
  /** The client as it is; undefined where it is made. */
  readonly before: Client | undefined;
  readonly scopes: readonly ClientScope[];
  /** Address that the request came from. */
  readonly remoteAddress: string;
}

/** What a policy makes of a client that is registered, whatever it wants. */
export type Imposed = Partial<Pick<Client, 'enabled' | 'consentRequired' | 'fullScopeAllowed'>>;

/** One setting, as the console draws it. */
export interface PolicyProperty {
  readonly name: string;
  readonly label: string;
  readonly helpText: string;
  readonly type: 'String' | 'boolean' | 'MultivaluedString' | 'MultivaluedList';
  readonly defaultValue?: string | boolean;
  readonly options?: readonly string[];
}

/** What there is to choose from in a realm. */
export interface PolicyChoices {
  readonly scopes: readonly ClientScope[];
  readonly mapperTypes: readonly string[];
}

/** A kind of policy. */
export interface PolicyProvider {
  readonly id: string;
  readonly helpText: string;
  properties?(choices: PolicyChoices): readonly PolicyProperty[];
  /** What is wrong with settings; undefined: nothing. */
  flaw?(config: PolicyConfig, choices: PolicyChoices): string | undefined;
  /** Says why a request is refused; undefined: it is not. */
  refusal?(config: PolicyConfig, request: PolicyRequest): string | undefined | Promise<string | undefined>;
  readonly imposes?: Imposed;
  /** Most clients that the realm may have. */
  limit?(config: PolicyConfig): number;
  /** Origins of pages that may call. */
  webOrigins?(config: PolicyConfig): readonly string[];
}

export const isOn = (config: PolicyConfig, name: string): boolean => (config[name]?.[0] ?? 'true') === 'true';
