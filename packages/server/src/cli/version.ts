import { readFileSync } from 'node:fs';

/** The version of this package; the same path from sources and from compiled output. */
export const version: string = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
  .version;

/** The text of `--version`. */
export function renderVersion(): string {
  return `Keygrid ${version}\nNode: ${process.version}\nOS: ${process.platform} ${process.arch}\n`;
}
