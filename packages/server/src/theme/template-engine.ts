import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Script } from 'node:vm';
import { Eta, EtaFileResolutionError, EtaParseError, EtaRuntimeError } from 'eta';
import { badTheme } from './bad-theme.ts';

/** Templates that stand in several folders: the first one that has a template wins. Layouts and includes are looked up in the same way. */
export class TemplateEngine extends Eta {
  readonly #folders: readonly string[];
  /** Compiled templates are kept, so where they came from may be as well; there are as many as files in the folders. */
  readonly #paths = new Map<string, string>();

  /** @param folders that of the theme, then those of its parents */
  constructor(folders: readonly string[]) {
    super({ cache: true, autoEscape: true, autoTrim: false, debug: true, views: folders[0] ?? '' });
    this.#folders = folders;
  }

  override resolvePath = (template: string): string => {
    const known = this.#paths.get(template) ?? this.#find(template);
    this.#paths.set(template, known);
    return known;
  };

  #find(template: string): string {
    const name = `${template.replace(/^(?:\.?\/)+/, '')}.eta`;
    for (const folder of this.#folders) {
      const path = join(folder, name);
      if (!relative(folder, path).startsWith('..') && existsSync(path)) return path;
    }
    throw new EtaFileResolutionError(`there is no template ${name}`);
  }

  /** @throws ServerError KG_BAD_THEME with file and line where the template fails. */
  write(template: string, data: object): string {
    try {
      return this.render(`./${template}`, data);
    } catch (error) {
      throw faultOf(error, `${template}.eta`);
    }
  }

  /** Compiles a template, so that what is wrong in it shows before somebody needs it. @throws ServerError KG_BAD_THEME */
  check(path: string): void {
    let source: string;
    try {
      source = this.compileToString(this.readFile?.(path) ?? '');
    } catch (error) {
      throw faultOf(error, path);
    }
    try {
      new Script(`(function(it,options){${source}\n})`, { filename: 'template' });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const compiledLine = Number(/^template:(\d+)/.exec(error.stack ?? '')?.[1] ?? 0);
      const before = source.split('\n').slice(0, compiledLine).join('\n');
      const line = [...before.matchAll(/__eta\.line=(\d+)/g)].at(-1)?.[1];
      throw badTheme(path, line === undefined ? undefined : Number(line), error.message);
    }
  }
}

function faultOf(error: unknown, path: string): unknown {
  if (error instanceof EtaRuntimeError) {
    const [first = ''] = error.message.split('\n');
    const [, file = path, line] = /^(.*):(\d+)$/.exec(first) ?? [];
    const cause = error.cause instanceof Error ? error.cause.message : error.message;
    return badTheme(file, line === undefined ? undefined : Number(line), cause);
  }
  if (error instanceof EtaParseError) {
    const [, reason = 'it is no template', line] = /^(.*?) at line (\d+)/.exec(error.message) ?? [];
    return badTheme(path, line === undefined ? undefined : Number(line), reason);
  }
  if (error instanceof EtaFileResolutionError) return badTheme(path, undefined, error.message);
  // The library keeps the name of the error that the template threw, whose class is gone by then.
  if (error instanceof Error && /^.+\.eta:\d+\n/.test(error.message)) {
    const [, file = path, line] = /^(.+\.eta):(\d+)\n/.exec(error.message) ?? [];
    return badTheme(file, Number(line), error.message.split('\n').at(-1) ?? '');
  }
  return error;
}
