import { ConfigurationError } from './configuration-error.ts';

/** A configuration file larger than this is a mistake. */
export const maxPropertiesFileBytes = 1_048_576;

const REFERENCE = /\$\{([^}:]+)(?::([^}]*))?\}/g;

/** Lines with a backslash at the end go on in the next one. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let open = '';
  for (const line of text.split(/\r?\n/)) {
    const whole = open + (open === '' ? line : line.trimStart());
    open = '';
    if (/(?:^|[^\\])(?:\\\\)*\\$/.test(whole)) open = whole.slice(0, -1);
    else lines.push(whole);
  }
  if (open !== '') lines.push(open);
  return lines;
}

/**
 * The keys and values of a file in the form of keycloak.conf: `key=value` lines, `#` and `!` comments, `${NAME}` and `${NAME:default}` replaced
 * by `lookup` (kc.home.dir, environment variables). The last of several equal keys counts.
 */
export function parseProperties(text: string, lookup: (name: string) => string | undefined): ReadonlyMap<string, string> {
  if (text.length > maxPropertiesFileBytes)
    throw new ConfigurationError(`The configuration file is larger than ${maxPropertiesFileBytes} bytes.`);
  const result = new Map<string, string>();
  for (const raw of logicalLines(text)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith('!')) continue;
    const at = line.search(/[=:]/);
    const key = (at < 0 ? line : line.slice(0, at)).trim();
    const value = (at < 0 ? '' : line.slice(at + 1)).trim().replaceAll(/\\([\\=:#!])/g, '$1');
    const expanded = value.replaceAll(REFERENCE, (whole, name: string, fallback: string | undefined) => lookup(name) ?? fallback ?? whole);
    result.set(key, expanded);
  }
  return result;
}
