import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The two consoles. */
export type ConsoleName = 'admin' | 'account';

/** One console as it was built. */
export interface BuiltConsole {
  /** Folder of the static files; beside each text file stand `.br` and `.gz`. */
  readonly folder: string;
  /** Names of the files, relative to the folder, without the compressed twins. */
  readonly files: ReadonlySet<string>;
  /** Script and style sheets that its page names. */
  readonly script: string;
  readonly styles: readonly string[];
  /** Changes with the content, so that browsers may keep the files for ever. */
  readonly tag: string;
}

/** The package's folder, found by name: this module may be a part of the server's bundle. */
const packageFolder = dirname(createRequire(import.meta.url).resolve('@keygrid/console/package.json'));

interface ManifestEntry {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly css?: readonly string[];
}

/** What was built of a console; undefined where nothing was: a checkout without `npm run build:console`. */
export function loadConsole(name: ConsoleName): BuiltConsole | undefined {
  const folder = join(packageFolder, 'dist', name);
  const manifestFile = join(folder, 'manifest.json');
  if (!existsSync(manifestFile)) return undefined;
  const manifest = readFileSync(manifestFile);
  const entry = Object.values(JSON.parse(manifest.toString()) as Readonly<Record<string, ManifestEntry>>).find(({ isEntry }) => isEntry);
  if (entry === undefined) return undefined;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !/\.(?:br|gz)$/.test(file) && statSync(join(folder, file)).isFile());
  const tag = createHash('sha256').update(manifest);
  // Files with hashes in their names are told by the manifest; the others by their content.
  for (const file of files.filter((one) => !one.startsWith('assets/')).sort()) tag.update(readFileSync(join(folder, file)));
  return { folder, files: new Set(files), script: entry.file, styles: entry.css ?? [], tag: tag.digest('hex').slice(0, 10) };
}

/** Languages that the consoles have texts in, English first: what another one lacks is said in English. */
export const CONSOLE_LOCALES = ['en', 'de'] as const;
export type ConsoleLocale = (typeof CONSOLE_LOCALES)[number];

/** Texts of a console in one language by message key. */
export function consoleTexts(name: ConsoleName, locale: ConsoleLocale): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(packageFolder, 'texts', `${name}-${locale}.json`), 'utf8')) as Record<string, string>;
}

/** Licences of what is in the bundles; undefined where nothing was built. */
export function thirdPartyNotices(): string | undefined {
  const file = join(packageFolder, 'dist', 'THIRD-PARTY.txt');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
