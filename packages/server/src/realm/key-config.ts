import { ServerError } from '../http/errors.ts';
import type { ConfigProperty, KeyProvider } from './key-providers.ts';

/** Settings of a component: every name has a list, though none of a key has more than one value. */
export type ComponentConfig = Readonly<Record<string, readonly string[]>>;

/** What stands where a secret is not shown; given back in a change it means that the secret stays. */
export const MASK = '**********';
/** Longest value: an RSA key of 16384 bits as PEM has less. */
const MAX_VALUE_CHARACTERS = 32_768;

const refuse = (message: string): never => {
  throw new ServerError('KG_BAD_IMPORT', message);
};

/**
 * The settings after a change: what the provider does not know is left out, an empty value takes a setting away, what is not named stays.
 * @throws ServerError KG_BAD_IMPORT for a value that the provider does not take, in Keycloak's words.
 */
export function changedConfig(provider: KeyProvider, given: ComponentConfig, before: ComponentConfig = {}): ComponentConfig {
  const config: Record<string, readonly string[]> = {};
  for (const property of provider.properties) {
    const values = (Object.hasOwn(given, property.name) ? given[property.name] : before[property.name]) ?? [];
    const filled = values.filter((value) => value !== null && value !== '');
    if (filled.length > 1) refuse(`'${property.label}' should be a single entry`);
    const [value] = filled;
    if (value === undefined) continue;
    if (value.length > MAX_VALUE_CHARACTERS) refuse(`'${property.label}' is too long`);
    check(property, value);
    config[property.name] = [value];
  }
  return config;
}

function check(property: ConfigProperty, value: string): void {
  if (property.type === 'boolean' && value !== 'true' && value !== 'false') refuse(`'${property.label}' should be 'true' or 'false'`);
  if (property.name === 'priority' && !(/^[+-]?\d{1,16}$/.test(value) && Number.isSafeInteger(Number(value)))) {
    refuse(`'${property.label}' should be a number`);
  }
  if (property.options && !property.options.includes(value)) refuse(`'${property.label}' should be ${choice(property.options)}`);
}

function choice(options: readonly string[]): string {
  return options.length < 2 ? options.join('') : `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`;
}
