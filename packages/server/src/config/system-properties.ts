/** Options that Keycloak's users also set as Java system properties, with the properties' names. */
export const systemPropertyTwins: Readonly<Record<string, readonly string[]>> = {
  'cache-embedded-network-bind-address': ['jgroups.bind.address', 'jgroups.bind_addr'],
  'cache-embedded-network-bind-port': ['jgroups.bind.port', 'jgroups.bind_port'],
  'cache-embedded-network-external-address': ['jgroups.external_addr'],
  'cache-embedded-network-external-port': ['jgroups.external_port'],
};

/** System properties that stop a start, with the option to use instead. */
export const refusedSystemProperties: Readonly<Record<string, string>> = {
  'jboss.node.name': '--spi-cache-embedded-default-node-name',
  'jboss.site.name': '--spi-cache-embedded-default-site-name',
};

/** Words of a shell-like option string: divided by blanks, with quotes and backslashes. */
function words(text: string): readonly string[] {
  const found = text.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
  return found.map((word) =>
    word.replaceAll(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, escaped, double, single) => escaped ?? double ?? single ?? ''),
  );
}

/** `-Dname=value` words of JAVA_OPTS_APPEND (and JAVA_OPTS) and of the command line; later ones win. Other JVM options are left alone. */
export function systemProperties(
  commandLine: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const word of [...words(environment['JAVA_OPTS'] ?? ''), ...words(environment['JAVA_OPTS_APPEND'] ?? ''), ...commandLine]) {
    const match = /^-D([^=]+)(?:=([\s\S]*))?$/.exec(word);
    if (match !== null) properties.set(match[1] ?? '', match[2] ?? '');
  }
  return properties;
}
