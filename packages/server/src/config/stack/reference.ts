import { cacheFileSchema, type ElementRule } from '../cache-file/schema.ts';
import { builtInStacks } from './built-in-stacks.ts';
import type { AttributeRule, ProtocolRule, StackProtocol } from './protocol.ts';
import { commonAttributes, protocols } from './protocols/index.ts';
import { stackProperties } from './stack-properties.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

function meaning(rule: AttributeRule): string {
  switch (rule.effect) {
    case 'used':
      return rule.becomes;
    case 'harmless':
      return `accepted: ${rule.because}`;
    case 'none':
      return `no effect, said at start: ${rule.because}`;
    case 'refused':
      return `**error**: ${rule.because}`;
  }
}

/** Attributes in rows, those of one meaning together. */
function attributeRows(attributes: Readonly<Record<string, AttributeRule>>): readonly (readonly [string, string])[] {
  const byMeaning = new Map<string, string[]>();
  for (const [name, rule] of Object.entries(attributes)) {
    const text = meaning(rule);
    byMeaning.set(text, [...(byMeaning.get(text) ?? []), name]);
  }
  return [...byMeaning].map(([text, names]) => [code(names), cell(text)] as const);
}

function stackRow(name: string, stack: readonly StackProtocol[]): string {
  const roleOf = (role: string): StackProtocol | undefined => stack.find((protocol) => protocols[protocol.name]?.role === role);
  const [transport, discovery] = [roleOf('transport'), roleOf('discovery')];
  const needed = [...(discovery?.attributes.values() ?? [])].flatMap((text) => /^\$\{([^:}]+)\}$/.exec(text)?.[1] ?? []);
  const becomes = (protocol: StackProtocol | undefined): string =>
    `${protocol?.name}: ${cell(protocols[protocol?.name ?? '']?.becomes ?? '')}`;
  return `| \`${name}\` | ${becomes(transport)} | ${becomes(discovery)} | ${code(needed.map((property) => `-D${property}`))} |`;
}

function protocolRows(name: string, rule: ProtocolRule): readonly string[] {
  if (rule.refused !== undefined) return [`| \`${name}\` | | **error**: ${cell(rule.refused)} |`];
  return [
    `| \`${name}\` | | ${cell(rule.becomes)} |`,
    ...attributeRows(rule.attributes).map(([names, text]) => `| | ${names} | ${text} |`),
  ];
}

/** Protocols that mean the same stand in one row. */
function protocolTable(): readonly string[] {
  const same = new Map<ProtocolRule | string, string[]>();
  for (const [name, rule] of Object.entries(protocols)) {
    const key = JSON.stringify([rule.becomes, rule.refused, attributeRows(rule.attributes)]);
    same.set(key, [...(same.get(key) ?? []), name]);
  }
  return [...same.values()].flatMap((names) => {
    const [first = ''] = names;
    const rule = protocols[first];
    return rule === undefined ? [] : protocolRows(names.join('`, `'), rule);
  });
}

/** What was shown already; the children that every cache element has alike are shown once. */
interface Shown {
  readonly rules: Map<ElementRule, string>;
  readonly children: Set<object>;
}

function elementRows(path: string, rule: ElementRule, shown: Shown): readonly string[] {
  const named = `\`${path}\``;
  if (rule.kind === 'refused') return [`| ${named} | | **error**: ${cell(rule.because)} |`];
  if (rule.kind === 'ignored') return [`| ${named} | | ${rule.noted ? 'no effect, said at start' : 'accepted'}: ${cell(rule.because)} |`];
  const before = shown.rules.get(rule);
  if (before !== undefined) return [`| ${named} | | as \`${before}\` |`];
  shown.rules.set(rule, path);
  return [
    `| ${named} | | ${cell(rule.becomes)} |`,
    ...attributeRows(rule.attributes).map(([names, text]) => `| | ${names} | ${text} |`),
    ...childRows(path, rule.children, shown),
  ];
}

function childRows(path: string, children: Readonly<Record<string, ElementRule>>, shown: Shown): readonly string[] {
  if (Object.keys(children).length === 0) return [];
  if (shown.children.has(children)) return [`| \`${path}/*\` | | the children of \`local-cache\` |`];
  shown.children.add(children);
  return Object.entries(children).flatMap(([name, child]) => elementRows(path === '' ? name : `${path}/${name}`, child, shown));
}

/** docs/reference/stacks.md, made from the tables of stacks, properties, protocols and elements. */
export function renderStacksReference(): string {
  const properties = Object.entries(stackProperties).map(
    ([name, { help, inert }]) =>
      `| \`${name}\` | ${cell(help)}${inert === undefined ? '' : ` No effect, said at start: ${cell(inert)}.`} |`,
  );
  return `${[
    '# Stacks and the cache configuration file',
    '',
    'Generated from `packages/server/src/config/stack` and `packages/server/src/config/cache-file`; do not edit.',
    '',
    'The database arbitrates membership whatever the stack is; a stack chooses how starters learn of addresses and how members are connected.',
    'Traffic is encrypted by mutual TLS 1.3 in all of them; only `cache-embedded-mtls-enabled=false` with a stack over TCP turns it off.',
    '',
    '## Values of `--cache-stack`',
    '',
    '| Stack | Transport | Discovery | Required |',
    '|---|---|---|---|',
    ...Object.entries(builtInStacks).map(([name, stack]) => stackRow(name, stack)),
    '',
    'Any other value is the name of a stack of the cache configuration file. Without the option the `stack` of its `transport` counts, else `jdbc-ping`.',
    '',
    '## -D properties',
    '',
    'On the command line as `-Dname=value`, or in `JAVA_OPTS_APPEND` (or `JAVA_OPTS`). An option that says the same wins, with a warning. A property of JGroups that the',
    'stack in use does not read is named in a warning.',
    '',
    '| Property | |',
    '|---|---|',
    ...properties,
    '',
    '## Addresses and ports',
    '',
    'The bind address is an IP address, a host name, or a word: `SITE_LOCAL` (the default: a private address, else any that is not loopback, else loopback),',
    '`GLOBAL` (a public one, else a private one), `LINK_LOCAL`, `NON_LOOPBACK`, `LOOPBACK`, and `match-interface:`, `match-address:`, `match-host:` with a regular',
    'expression that must match as a whole. IPv4 addresses come first, with `-Djava.net.preferIPv6Addresses=true` IPv6 ones; with `-Djava.net.preferIPv4Stack=true` IPv6 is',
    'not used at all. What this machine does not have is refused before anything starts, with the addresses that it has. `::` listens on both families.',
    '',
    'Where the bind port (7800) is taken, the next `port_range` ports are tried, so that several nodes of one host need no ports of their own; with all of them taken the',
    'start waits and says so. Behind a port mapping the external address and port are what other nodes dial; the bind pair is what is listened on.',
    '',
    'The port of failure detection is the bind port and `jgroups.fd.port-offset` (57800), or one of the next three, since it lies in the ephemeral range. Each pair of',
    'members keeps one TCP connection there, also with a stack over UDP: the operating system closes it when the process at the other end dies, and that is a',
    'reason to suspect at once. It does not speak TLS and needs none: it carries the question whether a given member listens, and one byte of answer; what it tells is',
    'believed no further than to look closer, the database alone evicts. A firewall may close it, and a port mapping need not carry it: heartbeats and leases then judge alone.',
    '',
    '## Protocols and attributes of JGroups',
    '',
    'What each one becomes in a stack of your own. A protocol or attribute that does not stand here is an error that names the line.',
    '',
    '| Protocol | Attributes | |',
    '|---|---|---|',
    `| every one | | |`,
    ...attributeRows(commonAttributes).map(([names, text]) => `| | ${names} | ${text} |`),
    ...protocolTable(),
    '',
    'A stack with `extends` takes over the protocols of another one: `stack.combine` is `COMBINE` (attributes laid over; the default where the parent has the protocol),',
    '`REPLACE`, `REMOVE`, `INSERT_BEFORE` or `INSERT_BELOW` (nearer to the transport), `INSERT_AFTER` or `INSERT_ABOVE`; `stack.position` names the other protocol. Values may',
    `hold \`\${property}\`, \`\${first,second:default}\` and \`\${env.NAME}\`.`,
    '',
    '## Elements of the cache configuration file',
    '',
    'The schema of Infinispan as far as Keycloak uses it. An element or attribute that does not stand here is an error that names file, line and column.',
    '',
    '| Element | Attributes | |',
    '|---|---|---|',
    ...(cacheFileSchema.kind === 'read' ? childRows('', cacheFileSchema.children, { rules: new Map(), children: new Set() }) : []),
  ].join('\n')}\n`;
}
