import type { Realm } from '../model/index.ts';
import { registrationPolicyType } from '../realm/default-registration-policies.ts';
import {
  type Imposed,
  type PolicyConfig,
  type PolicyProvider,
  PolicyRejection,
  type PolicyRequest,
  type RegistrationAuth,
} from './policy.ts';
import { policyProviders } from './providers.ts';

interface StoredPolicy {
  readonly name: string;
  readonly provider: PolicyProvider;
  readonly config: PolicyConfig;
}

/** The policies of a realm for one kind of callers, in the order in which they are stored. */
export class RegistrationPolicies {
  readonly #policies: readonly StoredPolicy[];

  /** @throws PolicyRejection for a policy of a kind that is not here: what it forbids is not known. */
  constructor(realm: Realm, auth: RegistrationAuth) {
    this.#policies = storedPolicies(realm, auth);
  }

  /** @throws PolicyRejection of the first policy that refuses. */
  async check(request: PolicyRequest): Promise<void> {
    for (const { name, provider, config } of this.#policies) {
      const details = await provider.refusal?.(config, request);
      if (details !== undefined) throw new PolicyRejection(name, details);
    }
  }

  /** What a client that is registered becomes whatever it wants. */
  get imposed(): Imposed {
    return Object.assign({}, ...this.#policies.map(({ provider }) => provider.imposes ?? {})) as Imposed;
  }

  /** Whether anybody needs to count clients. */
  get countsClients(): boolean {
    return this.#policies.some(({ provider }) => provider.limit !== undefined);
  }

  /** @param count clients that the realm has. @throws PolicyRejection where there may be no more. */
  checkCount(count: number): void {
    for (const { name, provider, config } of this.#policies) {
      const limit = provider.limit?.(config);
      if (limit !== undefined && count >= limit) throw new PolicyRejection(name, `It's allowed to have max ${limit} clients per realm`);
    }
  }

  /** Origins of pages that may call. */
  get webOrigins(): readonly string[] {
    return this.#policies.flatMap(({ provider, config }) => provider.webOrigins?.(config) ?? []);
  }
}

function storedPolicies(realm: Realm, auth: RegistrationAuth): StoredPolicy[] {
  const components = realm.other['components'] as Readonly<Record<string, unknown>> | undefined;
  const list = components?.[registrationPolicyType];
  return (Array.isArray(list) ? (list as unknown[]) : []).flatMap((one) => {
    const component = (typeof one === 'object' && one !== null ? one : {}) as Readonly<Record<string, unknown>>;
    if (component['subType'] !== auth) return [];
    const id = String(component['providerId']);
    const name = typeof component['name'] === 'string' ? component['name'] : id;
    const provider = policyProviders.get(id);
    if (provider === undefined) throw new PolicyRejection(name, `The policy ${id} is not known here`);
    return [{ name, provider, config: configOf(component['config']) }];
  });
}

/** Settings of a component; what is no list of texts is none. */
export function configOf(value: unknown): PolicyConfig {
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.flatMap(([name, list]) => (Array.isArray(list) ? [[name, list.filter((one) => typeof one === 'string')]] : [])),
  );
}
