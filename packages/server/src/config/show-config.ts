import type { Configuration, ShownValue } from './configuration.ts';
import { allOptions } from './options/index.ts';
import type { RawValue } from './sources.ts';

const MASK = '*******';
const SECRET_NAME = /passw|secret|credential|token|private|passphrase|-header-|(?:^|[-.])(?:pass|key)$/i;

/** Whether a name is, or looks like, that of a secret: also those nobody declared, such as a provider's own. */
export function isSecretName(name: string): boolean {
  const option = allOptions.get(name);
  return option === undefined ? SECRET_NAME.test(name) : option.secret === true;
}

/** Passwords inside URLs: in the user part, and as query parameters. */
export function maskUrlSecrets(text: string): string {
  return text
    .replaceAll(/(:\/\/[^\s:/@]*:)[^\s/]*(?=@)/g, `$1${MASK}`)
    .replaceAll(/([?&;][^=&;\s]*passw(?:or)?d[^=&;\s]*=)[^&;\s]*/gi, `$1${MASK}`);
}

/** The values that somebody set, with every secret masked whether its condition holds or not. */
export function shownValues(values: readonly RawValue[]): readonly ShownValue[] {
  return values.map((value) => ({
    name: value.name,
    text: isSecretName(value.name) ? MASK : maskUrlSecrets(value.text),
    source: value.source,
  }));
}

/** The text of `show-config`; with `all` the defaults too. */
export function renderConfiguration(configuration: Configuration, version: string, all: boolean): string {
  const set = configuration.shown.map(({ name, text, source }) => `\tkc.${name} =  ${text} (${source})`);
  const lines = [
    `Current Mode: ${configuration.mode === 'development' ? 'development' : 'production'}`,
    'Current Configuration:',
    ...set,
    `\tkc.version =  ${version} (SysPropConfigSource)`,
  ];
  if (all) {
    const names = new Set(configuration.shown.map((value) => value.name));
    lines.push('Defaults:');
    for (const [name, option] of allOptions) {
      if (!names.has(name) && option.default !== undefined)
        lines.push(`\tkc.${name} =  ${option.secret === true ? MASK : option.default} (default)`);
    }
  }
  return `${lines.join('\n')}\n`;
}
