import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { badTheme } from './bad-theme.ts';
import { parseBundle } from './message-bundle.ts';
import { readTheme, type Theme, type ThemeFolder, type ThemeKind } from './theme.ts';

/** The themes of a server: the base, and those of the operator's folder. */
export interface Themes {
  /** The theme of a name; the default where there is none of that name, or none that can be used. */
  of(kind: ThemeKind, name: string | undefined): Theme;
  /** The theme whose static files have this tag. */
  byTag(kind: ThemeKind, tag: string): Theme | undefined;
  /** Names of the themes that can be chosen, with their languages. */
  list(kind: ThemeKind): readonly { readonly name: string; readonly locales: readonly string[] }[];
}

export interface ThemesParts {
  /** Folder of the operator's themes; need not be there. */
  readonly directory?: string | undefined;
  /** What realms have that choose none. */
  readonly defaultName?: string | undefined;
  /** Told of every theme that cannot be used; the server goes on without it. */
  readonly onFault?: ((message: string) => void) | undefined;
}

const BASE = 'base';
/** Names that Keycloak gives to the themes it comes with: realms of an export carry them. */
const BUILT_IN_ALIASES: ReadonlySet<string> = new Set([BASE, 'keycloak', 'keycloak.v2', 'keygrid']);
const MAX_PARENTS = 10;
/** `themes` beside the sources and beside the compiled output alike. */
const OWN_DIRECTORY = fileURLToPath(new URL('../../themes', import.meta.url));

/** Reads all themes once. A broken one is told of and left out, so that nobody is kept from logging in by a typing error. */
export function createThemes({ directory, defaultName, onFault = () => undefined }: ThemesParts = {}): Themes {
  const themes: Record<ThemeKind, Map<string, Theme>> = { login: new Map(), email: new Map() };
  for (const kind of ['login', 'email'] as const) {
    themes[kind].set(BASE, readTheme(BASE, chainOf(kind, BASE, undefined)));
    for (const name of namesIn(directory)) {
      if (!existsSync(join(directory ?? '', name, kind))) continue;
      try {
        themes[kind].set(name, readTheme(name, chainOf(kind, name, directory)));
      } catch (error) {
        onFault(error instanceof Error ? error.message : String(error));
      }
    }
  }
  const missed = new Set<string>();
  const of = (kind: ThemeKind, name: string | undefined): Theme => {
    const base = themes[kind].get(BASE) as Theme;
    const fallback = (defaultName === undefined ? undefined : themes[kind].get(defaultName)) ?? base;
    if (name === undefined || name === '') return fallback;
    const found = themes[kind].get(name);
    if (found !== undefined) return found;
    if (BUILT_IN_ALIASES.has(name)) return base;
    if (!missed.has(`${kind}/${name}`) && missed.size < 1_000) {
      missed.add(`${kind}/${name}`);
      onFault(`There is no usable ${kind} theme ${JSON.stringify(name)}; ${fallback.name} is used instead`);
    }
    return fallback;
  };
  return {
    of,
    byTag: (kind, tag) => [...themes[kind].values()].find(({ resourceTag }) => resourceTag === tag),
    list: (kind) => [...themes[kind].values()].map(({ name, locales }) => ({ name, locales })),
  };
}

function namesIn(directory: string | undefined): string[] {
  if (directory === undefined || !existsSync(directory)) return [];
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

/** The folders of a theme and its parents; the base is always the last. @throws ServerError KG_BAD_THEME */
function chainOf(kind: ThemeKind, name: string, directory: string | undefined): ThemeFolder[] {
  const base = folderOf(OWN_DIRECTORY, BASE, kind);
  const chain: ThemeFolder[] = [];
  let next = name;
  while (!BUILT_IN_ALIASES.has(next)) {
    const parent = directory === undefined || !existsSync(join(directory, next, kind)) ? undefined : folderOf(directory, next, kind);
    if (parent === undefined || chain.some(({ path }) => path === parent.path) || chain.length >= MAX_PARENTS) {
      const [from] = [...chain].reverse();
      const path = join(from?.path ?? join(directory ?? '', name, kind), 'theme.properties');
      throw badTheme(path, lineOf(path, 'parent'), `parent=${next} leads ${parent === undefined ? 'to no theme' : 'round in a circle'}`);
    }
    chain.push(parent);
    next = parent.properties['parent'] || BASE;
  }
  return [...chain, base];
}

function folderOf(directory: string, name: string, kind: ThemeKind): ThemeFolder {
  const path = join(directory, name, kind);
  const file = join(path, 'theme.properties');
  return { path, properties: existsSync(file) ? parseBundle(readFileSync(file, 'utf8'), file) : {} };
}

function lineOf(path: string, key: string): number | undefined {
  if (!existsSync(path)) return undefined;
  const at = readFileSync(path, 'utf8')
    .split('\n')
    .findIndex((line) => line.trimStart().startsWith(key));
  return at < 0 ? undefined : at + 1;
}
