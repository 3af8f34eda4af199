import { ConfigurationError } from '../configuration-error.ts';
import { resolveDiscovery } from './discovery.ts';
import type { PropertyLookup } from './expand.ts';
import { type StackProtocol, showPlace } from './protocol.ts';
import { ruleOf, StackAttributes, showAttribute } from './stack-attributes.ts';
import { isStackProperty, optionProperties, stackProperties } from './stack-properties.ts';
import type { AddressFamilies, FailureDetection, StackSettings, StackTls, StackTransport } from './stack-settings.ts';

const DEFAULT_ROTATION_DAYS = 30;

/** The options that win over what a stack says. */
export interface AddressOptions {
  readonly bindAddress?: string | undefined;
  readonly bindPort?: number | undefined;
  readonly externalAddress?: string | undefined;
  readonly externalPort?: number | undefined;
}

export interface StackInput {
  readonly name: string;
  /** From the transport upwards. */
  readonly protocols: readonly StackProtocol[];
  readonly lookup: PropertyLookup;
  /** Names of the -D properties that are set. */
  readonly properties: readonly string[];
  readonly options: AddressOptions;
  readonly tls: StackTls;
}

/** One protocol with its values. */
interface Read {
  readonly protocol: StackProtocol;
  readonly attributes: StackAttributes;
}

/** What a stack means here. @throws ConfigurationError for whatever cannot be honoured, with the line or property that says it. */
export function resolveStack(input: StackInput): StackSettings {
  const { name, protocols, lookup, options } = input;
  const read = protocols.map((protocol): Read => ({ protocol, attributes: new StackAttributes(name, protocol, lookup) }));
  const ofRole = (role: string): readonly Read[] => read.filter(({ protocol }) => ruleOf(name, protocol).role === role);
  const [transport] = read;
  if (transport === undefined || ruleOf(name, transport.protocol).role !== 'transport') {
    const place = transport?.protocol.place;
    const where = place === undefined ? '' : `${showPlace(place)}: `;
    throw new ConfigurationError(`${where}stack '${name}' does not begin with a transport (TCP, TCP_NIO2 or UDP).`);
  }
  refuseSecondTransport(name, ofRole('transport'));
  const warnings: string[] = [];
  const discovery = discoveryOf(name, ofRole('discovery'), warnings);
  const overUdp = transport.protocol.name === 'UDP';
  if (overUdp && input.tls.kind === 'off')
    warnings.push(`Stack '${name}' is over UDP, where traffic is always encrypted: 'cache-embedded-mtls-enabled=false' has no effect.`);
  const tls: StackTls = overUdp && input.tls.kind === 'off' ? { kind: 'shared', rotationIntervalDays: DEFAULT_ROTATION_DAYS } : input.tls;
  const [encryption] = ofRole('encryption');
  if (tls.kind === 'off' && encryption !== undefined) {
    const { place } = encryption.protocol;
    const where = place === undefined ? '' : ` (${showPlace(place)})`;
    throw new ConfigurationError(
      `Stack '${name}' asks for encryption by ${encryption.protocol.name}${where}, which mutual TLS does here, but 'cache-embedded-mtls-enabled' is false.`,
    );
  }
  const resolved = transportOf(transport, name, options, warnings);
  return {
    name,
    transport: resolved,
    discovery: resolveDiscovery(name, discovery.protocol, discovery.attributes, transport.attributes, resolved.kind),
    failureDetection: failureDetectionOf(read),
    addressFamilies: addressFamiliesOf(lookup),
    tls,
    warnings: [...warnings, ...inertAttributes(name, read), ...inertProperties(input, read)],
  };
}

function refuseSecondTransport(name: string, found: readonly Read[]): void {
  const [first, second] = found;
  if (first === undefined || second === undefined) return;
  const where = second.protocol.place === undefined ? '' : `${showPlace(second.protocol.place)}: `;
  throw new ConfigurationError(
    `${where}stack '${name}' has two transports, ${first.protocol.name} and ${second.protocol.name}; one is possible. Give the second stack.combine="REPLACE" and stack.position="${first.protocol.name}".`,
  );
}

/** One discovery is used: of several that which an operator wrote last, for a file that adds its own forgets to take away the parent's. */
function discoveryOf(name: string, found: readonly Read[], warnings: string[]): Read {
  const chosen = found.findLast(({ protocol }) => protocol.place !== undefined) ?? found.at(-1);
  if (chosen === undefined)
    throw new ConfigurationError(`Stack '${name}' has no discovery protocol. The simplest is JDBC_PING2, which uses the database.`);
  const others = found.filter((one) => one !== chosen).map(({ protocol }) => protocol.name);
  if (others.length > 0) {
    const where = chosen.protocol.place === undefined ? '' : ` (${showPlace(chosen.protocol.place)})`;
    warnings.push(
      `Stack '${name}' has several discovery protocols; ${chosen.protocol.name}${where} is used, and ${others.join(', ')} is not. Say so with stack.combine="REPLACE" and stack.position="${others[0]}".`,
    );
  }
  return chosen;
}

function transportOf({ protocol, attributes }: Read, name: string, options: AddressOptions, warnings: string[]): StackTransport {
  const winner = <V extends string | number>(
    option: string,
    given: V | undefined,
    attribute: string,
    written: V | undefined,
  ): V | undefined => {
    if (given === undefined) return written;
    if (protocol.place !== undefined && written !== undefined && written !== given)
      warnings.push(`Conflicting ${showAttribute(name, protocol, attribute)} and CLI arg '${option}' set, utilising CLI value '${given}'`);
    return given;
  };
  const externalPort = winner(
    'cache-embedded-network-external-port',
    options.externalPort,
    'external_port',
    attributes.number('external_port'),
  );
  return {
    kind: protocol.name === 'UDP' ? 'udp' : 'tcp',
    bindAddress:
      winner('cache-embedded-network-bind-address', options.bindAddress, 'bind_addr', attributes.text('bind_addr')) ?? 'SITE_LOCAL',
    bindPort: winner('cache-embedded-network-bind-port', options.bindPort, 'bind_port', attributes.number('bind_port')) ?? 7_800,
    portRange: attributes.number('port_range') ?? 10,
    externalAddress: winner(
      'cache-embedded-network-external-address',
      options.externalAddress,
      'external_addr',
      attributes.text('external_addr'),
    ),
    externalPort: externalPort === 0 ? undefined : externalPort,
  };
}

function failureDetectionOf(read: readonly Read[]): FailureDetection {
  const found = read.find(({ protocol }) => protocol.name === 'FD_SOCK2' || protocol.name === 'FD_SOCK');
  return {
    enabled: found !== undefined,
    portOffset: found?.attributes.number('offset') ?? 50_000,
    portRange: found?.attributes.number('port_range') ?? 3,
  };
}

function addressFamiliesOf(lookup: PropertyLookup): AddressFamilies {
  if (lookup('java.net.preferIPv4Stack')?.toLowerCase() === 'true') return 'IPv4 only';
  return lookup('java.net.preferIPv6Addresses')?.toLowerCase() === 'true' ? 'IPv6 first' : 'IPv4 first';
}

function inertAttributes(name: string, read: readonly Read[]): string[] {
  const lines = read.flatMap(({ protocol: { place }, attributes }) =>
    place === undefined ? [] : attributes.withoutEffect.map((line) => `\t- ${showPlace(place)}: ${line}`),
  );
  return lines.length === 0 ? [] : [`The following attributes of stack '${name}' have no effect in this server:\n${lines.join('\n')}`];
}

/** Properties of JGroups that are set and that this stack does not read. */
function inertProperties({ name, properties }: StackInput, read: readonly Read[]): string[] {
  const heard = new Set([...optionProperties, ...read.flatMap(({ attributes }) => [...attributes.properties])]);
  const lines = properties
    .filter((property) => isStackProperty(property) && !heard.has(property))
    .map((property) => {
      const known = Object.hasOwn(stackProperties, property) ? stackProperties[property] : undefined;
      return `\t- ${property}: ${known === undefined ? 'nobody knows it' : (known.inert ?? `stack '${name}' does not read it`)}`;
    });
  return lines.length === 0 ? [] : [`The following system properties have no effect in this server:\n${lines.join('\n')}`];
}
