import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { badTheme } from './bad-theme.ts';
import { type Bundle, fillIn, parseBundle } from './message-bundle.ts';
import { TemplateEngine } from './template-engine.ts';

/** Pages for people, or mails to them. */
export type ThemeKind = 'login' | 'email';

/** A static file of a theme, kept in memory. */
export interface ThemeResource {
  readonly contentType: string;
  readonly body: Buffer;
}

/** Templates, messages and static files of one kind. */
export interface Theme {
  readonly name: string;
  /** Languages that it has texts for. */
  readonly locales: readonly string[];
  /** Style sheets of its pages, by the names of their resources. */
  readonly styles: readonly string[];
  /** Renders a template; everything written with `<%=` is escaped. @throws ServerError KG_BAD_THEME with file and line. */
  render(template: string, data: object): string;
  /** The text of a message key; in English where the language has none, undefined where there is none at all. */
  pattern(locale: string, key: string): string | undefined;
  /** Changes with the content, so that browsers may keep the files for ever. */
  readonly resourceTag: string;
  resource(name: string): ThemeResource | undefined;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  woff2: 'font/woff2',
  ico: 'image/x-icon',
};
const FALLBACK_LOCALE = 'en';
const MAX_RESOURCES = 200;
const MAX_RESOURCE_BYTES = 4 * 1024 * 1024;

/** One folder of the chain from a theme to the base. */
export interface ThemeFolder {
  readonly path: string;
  readonly properties: Bundle;
}

/**
 * Reads a theme whole: nothing of it is looked for later.
 * @param folders its own, then those of its parents
 * @throws ServerError KG_BAD_THEME naming file and line
 */
export function readTheme(name: string, folders: readonly ThemeFolder[]): Theme {
  const paths = folders.map(({ path }) => path);
  const engine = new TemplateEngine(paths);
  for (const path of paths) for (const file of filesOf(path, '.eta')) engine.check(join(path, file));
  const bundles = readBundles(paths);
  const resources = readResources(paths);
  const digest = createHash('sha256').update(name);
  for (const [file, { body }] of [...resources].sort(([one], [other]) => (one < other ? -1 : 1))) digest.update(file).update(body);
  const styles = folders.find(({ properties }) => properties['styles'] !== undefined)?.properties['styles'] ?? '';
  return {
    name,
    locales: [...bundles.keys()],
    styles: styles.split(/\s+/).filter((style) => style !== ''),
    render: (template, data) => engine.write(template, data),
    pattern: (locale, key) => bundles.get(locale)?.[key] ?? bundles.get(FALLBACK_LOCALE)?.[key],
    resourceTag: digest.digest('hex').slice(0, 10),
    resource: (file) => resources.get(file),
  };
}

function readBundles(paths: readonly string[]): ReadonlyMap<string, Bundle> {
  const bundles = new Map<string, Bundle>();
  // Parents first: what a theme says itself wins.
  for (const path of paths.toReversed()) {
    for (const file of filesOf(join(path, 'messages'), '.properties')) {
      const [, locale] = /^messages_([A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{2,8})*)\.properties$/.exec(file) ?? [];
      const at = join(path, 'messages', file);
      if (locale === undefined) throw badTheme(at, undefined, 'a file of texts is named messages_<language>.properties');
      const tag = locale.replaceAll('_', '-');
      bundles.set(tag, { ...bundles.get(tag), ...parseBundle(readFileSync(at, 'utf8'), at) });
    }
  }
  return bundles;
}

function readResources(paths: readonly string[]): ReadonlyMap<string, ThemeResource> {
  const resources = new Map<string, ThemeResource>();
  for (const path of paths.toReversed()) {
    const folder = join(path, 'resources');
    for (const file of filesOf(folder, '')) {
      const contentType = CONTENT_TYPES[file.slice(file.lastIndexOf('.') + 1)];
      if (contentType === undefined) continue;
      const body = readFileSync(join(folder, file));
      if (body.length > MAX_RESOURCE_BYTES) throw badTheme(join(folder, file), undefined, `it has more than ${MAX_RESOURCE_BYTES} bytes`);
      resources.set(file, { contentType, body });
      if (resources.size > MAX_RESOURCES) throw badTheme(folder, undefined, `more than ${MAX_RESOURCES} files`);
    }
  }
  return resources;
}

/** Names below a folder, with a slash where they stand deeper; none where the folder is absent. */
function filesOf(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true, recursive: ending === '' });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** The text of a key in a language; an unknown key is shown as it is. */
export function themeText(theme: Theme, own: Bundle, locale: string, key: string, parameters: readonly string[]): string {
  return fillIn(own[key] ?? theme.pattern(locale, key) ?? key, parameters);
}
