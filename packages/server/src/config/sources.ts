import { allOptions } from './options/index.ts';

/** Where a value comes from, strongest first. */
export type SourceKind = 'CLI' | 'SystemProperty' | 'ENV' | 'File';

/** A value as it was written, before it is read and judged. */
export interface RawValue {
  /** Option name without prefix: `http-port`. */
  readonly name: string;
  readonly text: string;
  readonly kind: SourceKind;
  /** As show-config names the source: CLI, ENV, SysPropConfigSource or the file's name. */
  readonly source: string;
  /** How a message names the option: `'--http-port'`, `'KC_HTTP_PORT'`, `'kc.http-port' in keycloak.conf`. */
  readonly shownAs: string;
}

const NOT_OPTIONS: ReadonlySet<string> = new Set(['KC_HOME_DIR', 'KC_CONFIG_FILE', 'KC_RUN_IN_CONTAINER']);

/** `http-port` -> `KC_HTTP_PORT`. */
export function environmentName(option: string): string {
  return `KC_${option.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
}

const byEnvironmentName: ReadonlyMap<string, string> = new Map([...allOptions.keys()].map((name) => [environmentName(name), name]));

/** SPI names are one name whether their parts are divided by one dash (older) or two. */
const collapsed = (name: string): string => name.replaceAll(/-{2,}/g, '-');
const spiBySpelling: ReadonlyMap<string, string> = new Map(
  [...allOptions.keys()].filter((name) => name.startsWith('spi-')).map((name) => [collapsed(name), name]),
);
const spiTwins: ReadonlyMap<string, string> = new Map(
  [...allOptions].flatMap(([name, option]) => (option.spi === undefined ? [] : [[collapsed(option.spi), name] as const])),
);

/** The declared name for any spelling of an SPI option: an option's SPI form is that option. Other names stay as they are. */
export function canonicalName(name: string): string {
  if (!name.startsWith('spi-')) return name;
  const key = collapsed(name);
  return spiTwins.get(key) ?? spiBySpelling.get(key) ?? name;
}

function nameFromEnvironment(variable: string): string {
  const known = byEnvironmentName.get(variable);
  if (known !== undefined) return known;
  const rest = variable.slice(3).toLowerCase();
  if (rest.startsWith('log_level_')) return `log-level-${rest.slice('log_level_'.length).replaceAll('_', '.')}`;
  return canonicalName(rest.replaceAll('_', '-'));
}

/** Values from KC_* variables. */
export function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): readonly RawValue[] {
  const values: RawValue[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!/^KC_[A-Za-z0-9_]+$/.test(variable) || NOT_OPTIONS.has(variable) || text === undefined) continue;
    values.push({ name: nameFromEnvironment(variable), text, kind: 'ENV', source: 'ENV', shownAs: `'${variable}'` });
  }
  return values;
}

/** Values from `-Dkc.<name>=…`. */
export function fromSystemProperties(properties: ReadonlyMap<string, string>): readonly RawValue[] {
  return [...properties]
    .filter(([name]) => name.startsWith('kc.'))
    .map(([name, text]) => ({
      name: canonicalName(name.slice(3)),
      text,
      kind: 'SystemProperty',
      source: 'SysPropConfigSource',
      shownAs: `'${name}'`,
    }));
}

/** Values from the lines of conf/keycloak.conf; a key may carry the prefix `kc.`. */
export function fromFile(properties: ReadonlyMap<string, string>, fileName: string): readonly RawValue[] {
  return [...properties].map(([key, text]) => {
    const name = canonicalName(key.startsWith('kc.') ? key.slice(3) : key);
    return { name, text, kind: 'File', source: fileName, shownAs: `'kc.${name}' in ${fileName}` };
  });
}

/** A value from the command line. */
export function fromCommandLine(name: string, text: string): RawValue {
  return { name: canonicalName(name), text, kind: 'CLI', source: 'CLI', shownAs: `'--${name}'` };
}
