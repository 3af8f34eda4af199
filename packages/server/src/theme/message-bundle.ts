import { badTheme } from './bad-theme.ts';

/** Texts of one locale by message key. */
export type Bundle = Readonly<Record<string, string>>;

/**
 * Reads a Java properties file in UTF-8, as Keycloak's themes have them: `key=value`, comments with # and !, a backslash at the end of a line goes
 * on in the next. @param path for the error
 * @throws ServerError KG_BAD_THEME with file and line
 */
export function parseBundle(text: string, path: string): Bundle {
  const bundle: Record<string, string> = {};
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const number = at + 1;
    let line = (lines[at] ?? '').trimStart();
    if (line === '' || line.startsWith('#') || line.startsWith('!')) continue;
    while (endsInOddBackslashes(line) && at + 1 < lines.length) {
      at += 1;
      line = line.slice(0, -1) + (lines[at] ?? '').trimStart();
    }
    const [, key, value] = /^((?:\\.|[^\\=:\s])+)\s*[=:\s]?\s*(.*)$/s.exec(line) ?? [];
    if (key === undefined || value === undefined) throw badTheme(path, number, 'a line must have the form key=value');
    bundle[unescaped(key, path, number)] = unescaped(value, path, number);
  }
  return bundle;
}

function endsInOddBackslashes(line: string): boolean {
  return (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
}

const CONTROL: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f' };

function unescaped(text: string, path: string, line: number): string {
  return text.replace(/\\(u([0-9A-Fa-f]{0,4})|.|$)/gs, (_all, what: string, hex: string | undefined) => {
    if (what[0] !== 'u') return CONTROL[what] ?? what;
    if (hex?.length !== 4) throw badTheme(path, line, `\\u must be followed by four hexadecimal digits, not by "${hex ?? ''}"`);
    return String.fromCharCode(Number.parseInt(hex, 16));
  });
}

/** Fills `{0}` in, and turns the doubled apostrophes of Java's message format into single ones. */
export function fillIn(pattern: string, parameters: readonly string[]): string {
  return pattern.replace(/''|\{(\d)\}/g, (all, index: string | undefined) => (all === "''" ? "'" : (parameters[Number(index)] ?? '')));
}
