import type { Mode } from './configuration.ts';
import { enabledFeatures, foreignFeatures } from './features.ts';
import type { OptionDeclaration, ValueView } from './option.ts';
import { allOptions } from './options/index.ts';
import type { RawValue, SourceKind } from './sources.ts';

const strength: Readonly<Record<SourceKind, number>> = { CLI: 3, SystemProperty: 2, ENV: 1, File: 0 };

/** The value that counts for each name: command line over system property over environment over file; within one source the last. */
export function strongest(values: readonly RawValue[]): ReadonlyMap<string, RawValue> {
  const result = new Map<string, RawValue>();
  for (const value of values) {
    const known = result.get(value.name);
    if (known === undefined || strength[value.kind] >= strength[known.kind]) result.set(value.name, value);
  }
  return result;
}

/** What an option is where nobody set it. */
export function defaultText(
  name: string,
  option: OptionDeclaration<unknown>,
  mode: Mode,
  isSet: (name: string) => boolean,
): string | undefined {
  if (name === 'db') {
    if (['db-url', 'db-url-host', 'db-url-port', 'db-url-database'].some(isSet)) return 'postgres';
    return mode === 'production' ? undefined : 'dev-file';
  }
  return (mode === 'production' ? undefined : option.developmentDefault) ?? option.default;
}

function parts(text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : text.split(',').map((part) => part.trim());
}

/** Which features are on, out of the three ways to say it. */
export function featuresOf(values: ReadonlyMap<string, RawValue>): ReadonlyMap<string, number> {
  const single = [...values.values()].filter((value) => value.name.startsWith('feature-'));
  return enabledFeatures({
    enabled: parts(values.get('features')?.text),
    disabled: parts(values.get('features-disabled')?.text),
    single: new Map(single.map((value) => [value.name.slice('feature-'.length), value.text])),
  });
}

/** The features that were switched on and that this server does not have. */
export function featuresWithoutEffect(values: ReadonlyMap<string, RawValue>): readonly string[] {
  const listed = parts(values.get('features')?.text).map((entry) => entry.split(':')[0] ?? '');
  const single = [...values.values()].filter((value) => value.name.startsWith('feature-') && value.text !== 'disabled');
  return [...listed, ...single.map((value) => value.name.slice('feature-'.length))].filter((name) => foreignFeatures.has(name));
}

/** The view that conditions and rules look through: effective texts, defaults included. */
export function viewOf(values: ReadonlyMap<string, RawValue>, mode: Mode, features: ReadonlyMap<string, number>): ValueView {
  const text = (name: string): string | undefined => {
    const option = allOptions.get(name);
    return values.get(name)?.text ?? (option === undefined ? undefined : defaultText(name, option, mode, (other) => values.has(other)));
  };
  return { text, enabled: (name) => text(name) === 'true', feature: (name) => features.has(name) };
}
