import { ConfigurationError } from '../configuration-error.ts';
import { nearestNames } from '../suggest.ts';
import { expand, type PropertyLookup } from './expand.ts';
import { type AttributeRule, type ProtocolRule, type StackProtocol, showPlace } from './protocol.ts';
import { commonAttributes, protocols } from './protocols/index.ts';
import { stackProperties } from './stack-properties.ts';

/** How a message names an attribute and where it stands. */
export function showAttribute(stack: string, protocol: StackProtocol, attribute: string): string {
  const where = protocol.place === undefined ? `stack '${stack}'` : showPlace(protocol.place);
  return `attribute '${attribute}' of ${protocol.name} (${where})`;
}

/** The rule of a protocol. @throws ConfigurationError for one that cannot be honoured, or that nobody knows. */
export function ruleOf(stack: string, protocol: StackProtocol): ProtocolRule {
  const rule = Object.hasOwn(protocols, protocol.name) ? protocols[protocol.name] : undefined;
  const where = protocol.place === undefined ? '' : `${showPlace(protocol.place)}: `;
  if (rule === undefined) {
    const near = nearestNames(protocol.name, Object.keys(protocols));
    const hint = near.length === 0 ? '' : ` Near: ${near.join(', ')}.`;
    throw new ConfigurationError(`${where}stack '${stack}' names the protocol ${protocol.name}, which is not known here.${hint}`);
  }
  if (rule.refused !== undefined)
    throw new ConfigurationError(`${where}the protocol ${protocol.name} of stack '${stack}' cannot be honoured: ${rule.refused}.`);
  return rule;
}

/** The values of one protocol of a stack, expanded and read. */
export class StackAttributes {
  readonly #values = new Map<string, unknown>();
  /** Attributes without effect, where an operator wrote them. */
  readonly withoutEffect: string[] = [];
  /** The -D properties that gave a value. */
  readonly properties = new Set<string>();

  /** @throws ConfigurationError naming line or property, for a value or attribute that cannot be honoured. */
  constructor(stack: string, protocol: StackProtocol, lookup: PropertyLookup) {
    const rule = ruleOf(stack, protocol);
    for (const [name, text] of protocol.attributes) {
      const attribute: AttributeRule | undefined = rule.attributes[name] ?? commonAttributes[name];
      const shown = showAttribute(stack, protocol, name);
      if (attribute === undefined) {
        const near = nearestNames(name, Object.keys(rule.attributes)).slice(0, 3);
        throw new ConfigurationError(`The ${shown} is not known.${near.length === 0 ? '' : ` Near: ${near.join(', ')}.`}`);
      }
      if (attribute.effect === 'refused') throw new ConfigurationError(`The ${shown} cannot be honoured: ${attribute.because}.`);
      if (attribute.effect === 'harmless') continue;
      if (attribute.effect === 'none') {
        this.withoutEffect.push(`${name} of ${protocol.name}: ${attribute.because}`);
        continue;
      }
      const expansion = expand(text, lookup);
      if ('missing' in expansion) throw missingProperty(stack, expansion.missing, shown);
      for (const property of expansion.from) this.properties.add(property);
      if (expansion.text === '') continue;
      const reading = attribute.kind.read(expansion.text);
      if ('value' in reading) {
        this.#values.set(name, reading.value);
        continue;
      }
      const [property] = expansion.from;
      const named = property === undefined ? `the ${shown}` : `the system property '${property}'`;
      throw new ConfigurationError(`Invalid value for ${named}: ${'problem' in reading ? reading.problem : reading.message}`);
    }
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.#values.get(name);
    return typeof value === 'number' ? value : undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.#values.get(name);
    return typeof value === 'boolean' ? value : undefined;
  }

  /** A value that its kind read into a shape of its own; the kinds stand beside the names in ./protocols. */
  shaped<V>(name: string): V | undefined {
    return this.#values.get(name) as V | undefined;
  }
}

function missingProperty(stack: string, missing: readonly string[], shown: string): ConfigurationError {
  const [name = ''] = missing;
  const first = name.split(',', 1)[0] ?? '';
  const help = Object.hasOwn(stackProperties, first) ? ` ${stackProperties[first]?.help ?? ''}` : '';
  const environment = first.startsWith('env.') ? first.slice(4) : undefined;
  const wayOut =
    environment === undefined
      ? `Set -D${first}=<value> on the command line or in JAVA_OPTS_APPEND`
      : `Set the environment variable ${environment}`;
  return new ConfigurationError(
    `ISPN000901: Property ${first} is not set, and the ${shown} needs it.${help} ${wayOut}, or choose another stack than '${stack}'.`,
  );
}
