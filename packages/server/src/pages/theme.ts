import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';

/** A static file of a theme, kept in memory. */
export interface ThemeResource {
  readonly contentType: string;
  readonly body: Buffer;
}

/** Templates, messages and static files of the login pages. */
export interface LoginTheme {
  /** Renders a template; everything written with `<%=` is escaped. */
  render(template: string, data: Readonly<Record<string, unknown>>): string;
  /** The text of a message key with `{0}` filled in; an unknown key is shown as it is. */
  message(key: string, parameters: readonly string[]): string;
  /** Changes with the content, so that browsers may keep the files for ever. */
  readonly resourceTag: string;
  resource(name: string): ThemeResource | undefined;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
};

/** `themes/base/login` beside the sources and beside the compiled output alike. */
const BASE_DIRECTORY = fileURLToPath(new URL('../../themes/base/login', import.meta.url));

/** Reads a theme once: templates are compiled at first use, messages and files stay in memory. */
export function loadTheme(directory: string = BASE_DIRECTORY): LoginTheme {
  const eta = new Eta({ views: directory, cache: true, autoEscape: true, autoTrim: false });
  const messages = JSON.parse(readFileSync(join(directory, 'messages', 'en.json'), 'utf8')) as Readonly<Record<string, string>>;
  const resources = new Map<string, ThemeResource>();
  const digest = createHash('sha256');
  for (const name of readdirSync(join(directory, 'resources')).sort()) {
    const contentType = CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)];
    if (contentType === undefined) continue;
    const body = readFileSync(join(directory, 'resources', name));
    digest.update(name).update(body);
    resources.set(name, { contentType, body });
  }
  return {
    render: (template, data) => eta.render(template, data),
    message: (key, parameters) => (messages[key] ?? key).replace(/\{(\d)\}/g, (_all, index: string) => parameters[Number(index)] ?? ''),
    resourceTag: digest.digest('hex').slice(0, 10),
    resource: (name) => resources.get(name),
  };
}

let base: LoginTheme | undefined;

/** The theme that comes with the server. */
export function baseTheme(): LoginTheme {
  base ??= loadTheme();
  return base;
}
