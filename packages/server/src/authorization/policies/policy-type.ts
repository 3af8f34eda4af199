import type { Facts, References, Subject } from '../evaluation/subject.ts';

/** Config of a policy: Keycloak's names, values are texts. */
export type PolicyConfig = Readonly<Record<string, string>>;

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** What a policy says before its logic is applied; undefined: it has nothing to say, which counts as no. */
export type Opinion = 'grant' | 'deny' | undefined;

/** Finds what a name or an id stands for; undefined where it does not exist. */
export interface Names {
  /** `role`, `client/role`, or an id. */
  role(nameOrId: string): Promise<string | undefined>;
  user(nameOrId: string): Promise<string | undefined>;
  client(clientIdOrId: string): Promise<string | undefined>;
  group(path: string): Promise<string | undefined>;
  clientScope(nameOrId: string): Promise<string | undefined>;
}

/** A kind of policy: how it judges, and the forms in which it is written down. One file a kind. */
export interface PolicyType {
  readonly type: string;
  readonly name: string;
  readonly group: string;
  /** Fields of its representation beside those of every policy, and what they hold. */
  readonly fields: Readonly<Record<string, 'text' | 'flag' | 'list'>>;
  /** Ids in the config. */
  references?(config: PolicyConfig): References;
  /** Absent: a permission, or a policy that only asks others. */
  judge?(config: PolicyConfig, subject: Subject, facts: Facts): Opinion;
  /** The config from a representation of this kind (Admin REST), where names become ids. @throws ReplyError */
  read(body: Json, names: Names): Promise<PolicyConfig>;
  /** The fields of the representation from the config. */
  show(config: PolicyConfig, facts: Facts): Json;
  /** The config as an export has it, with names in the place of ids. */
  exported?(config: PolicyConfig, facts: Facts): PolicyConfig;
  /** The config from an export, or from a representation that brings a config. @throws ReplyError */
  imported?(config: PolicyConfig, names: Names): Promise<PolicyConfig>;
}
