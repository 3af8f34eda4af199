/** How an execution counts in its flow. */
export type Requirement = 'REQUIRED' | 'ALTERNATIVE' | 'DISABLED' | 'CONDITIONAL';

/** One step of a flow: an authenticator, or a flow of its own (`flowId`); a form has both. */
export interface AuthenticationExecution {
  readonly id: string;
  readonly requirement: Requirement;
  /** Lower comes first. */
  readonly priority: number;
  readonly authenticator?: string | undefined;
  readonly flowId?: string | undefined;
  /** Id of an `AuthenticatorConfig`. */
  readonly configId?: string | undefined;
}

export interface AuthenticationFlow {
  readonly id: string;
  /** Unique in the realm. */
  readonly alias: string;
  readonly description?: string | undefined;
  /** `basic-flow`, `client-flow` or `form-flow`. */
  readonly providerId: string;
  readonly topLevel: boolean;
  readonly builtIn: boolean;
  readonly executions: readonly AuthenticationExecution[];
}

export interface AuthenticatorConfig {
  readonly id: string;
  readonly alias: string;
  readonly config: Readonly<Record<string, string>>;
}

/** What the realm says about a required action. */
export interface RequiredActionSetting {
  readonly alias: string;
  readonly name: string;
  readonly providerId: string;
  readonly enabled: boolean;
  /** New users get it. */
  readonly defaultAction: boolean;
  readonly priority: number;
  readonly config: Readonly<Record<string, string>>;
}

/** Flows, their settings and the required actions of a realm. */
export interface RealmAuthentication {
  readonly flows: readonly AuthenticationFlow[];
  readonly configs: readonly AuthenticatorConfig[];
  readonly requiredActions: readonly RequiredActionSetting[];
}
