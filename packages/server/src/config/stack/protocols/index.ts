import { type AttributeRule, type ProtocolRule, refusedAttributes, withoutEffect } from '../protocol.ts';
import { discoveryProtocols } from './discoveries.ts';
import { otherProtocols } from './others.ts';
import { transportProtocols } from './transports.ts';

/** Every protocol of JGroups that a stack may name, from the transport upwards. */
export const protocols: Readonly<Record<string, ProtocolRule>> = { ...transportProtocols, ...discoveryProtocols, ...otherProtocols };

/** Attributes that every protocol of JGroups has. */
export const commonAttributes: Readonly<Record<string, AttributeRule>> = {
  ...withoutEffect('it names or counts instances of JGroups', ['ergonomics', 'id', 'level', 'name', 'stats', 'preview_warning']),
  ...refusedAttributes('it names Java classes, which are not run here', ['after_creation_hook', 'policies']),
};

/** `pbcast.GMS`, `dns.DNS_PING` and `org.jgroups.protocols.aws.S3_PING` without their packages. */
export function protocolName(element: string): string {
  return element.slice(element.lastIndexOf('.') + 1);
}
