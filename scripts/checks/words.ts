import { textOf, trackedFiles } from './repository.ts';

interface Rule {
  readonly pattern: RegExp;
  readonly why: string;
  readonly files: RegExp;
  readonly except?: RegExp;
}

const SOURCES = /\.(ts|tsx|mjs)$/;

/** Marks of unfinished work, machine paths, and impure calls where the simulator must be in charge. */
const RULES: readonly Rule[] = [
  { pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/, why: 'a mark of unfinished work', files: SOURCES, except: /^scripts\/checks\// },
  { pattern: /\.(?:skip|only|todo)\(/, why: 'a test that does not run', files: /\.test\.ts$/ },
  { pattern: /@ts-ignore|@ts-nocheck|\bas any\b|: any\b/, why: 'a hole in the types', files: /\.ts$/, except: /^scripts\/checks\// },
  {
    pattern: /(?:^|[\s"'`(])\/(?:home|work|root|Users)\/[a-z]/,
    why: 'a path of one machine',
    files: /\.(ts|mjs|json|md|yml|yaml|cfg|conf)$/,
    except: /^scripts\/checks\//,
  },
  {
    pattern: /\b(?:Date\.now|performance\.now|Math\.random|setTimeout|setInterval|setImmediate|randomUUID|randomBytes)\b\s*\(/,
    why: 'an impure call inside a protocol core (inject it)',
    files: /^packages\/grid\/src\/(?:membership|table|data|simulator)\/.*\.ts$/,
    except: /\.test\.ts$|\/simulator\/main\.ts$/,
  },
];

/** Lines that break a rule, as `path:line: why`. Comments count for the marks of unfinished work only. */
export function wordBreaches(files: readonly string[] = trackedFiles()): string[] {
  const breaches: string[] = [];
  for (const path of files) {
    const rules = RULES.filter((rule) => rule.files.test(path) && rule.except?.test(path) !== true);
    if (rules.length === 0) continue;
    textOf(path)
      .split('\n')
      .forEach((line, index) => {
        const isComment = /^\s*(?:\*|\/\/|\/\*)/.test(line);
        for (const rule of rules) {
          if (isComment && rule !== RULES[0]) continue;
          if (rule.pattern.test(line)) breaches.push(`${path}:${index + 1}: ${rule.why}: ${line.trim().slice(0, 100)}`);
        }
      });
  }
  return breaches;
}
