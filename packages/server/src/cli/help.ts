import type { OptionDeclaration } from '../config/option.ts';
import type { OptionFamily } from '../config/options/index.ts';
import type { Command, CommandArgument } from './command.ts';
import { commonArguments, program } from './parse.ts';

const INDENT = 21;

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

function entry(heading: string, text: string, columns: number): string {
  const lines = wrap(text, columns - INDENT);
  const pad = ' '.repeat(INDENT);
  if (heading.length < INDENT)
    return [`${heading.padEnd(INDENT)}${lines[0] ?? ''}`, ...lines.slice(1).map((line) => pad + line)].join('\n');
  return [heading, ...lines.map((line) => pad + line)].join('\n');
}

/** The help sentence of an option with its values, default and condition. */
export function describeOption(option: OptionDeclaration<unknown>): string {
  const parts = [option.help];
  const { allowed, strict, type } = option.kind;
  if (allowed !== undefined && type !== 'boolean') {
    const deprecated = option.deprecatedValues ?? {};
    const values = allowed.map((value) => (Object.hasOwn(deprecated, value) ? `${value} (deprecated)` : value)).join(', ');
    parts.push(`Possible values are: ${values}${strict === false ? ', or a custom one' : ''}.`);
  }
  const fallback = option.default === undefined ? option.defaultText : option.secret === true ? undefined : option.default;
  if (fallback !== undefined) parts.push(`Default: ${fallback}.`);
  if (option.condition !== undefined) parts.push(`Available only when ${option.condition.text}.`);
  if (option.inert !== undefined) parts.push(`Accepted without effect: ${option.inert}.`);
  return parts.join(' ');
}

function argumentLines(own: readonly CommandArgument[], columns: number): string {
  return [...own]
    .sort((left, right) => left.name.localeCompare(right.name))
    .map((argument) =>
      entry(argument.label === undefined ? `--${argument.name}` : `--${argument.name} <${argument.label}>`, argument.help, columns),
    )
    .join('\n');
}

function familyLines(family: OptionFamily, all: boolean, available: (name: string) => boolean, columns: number): string | undefined {
  const shown = Object.entries(family.options)
    .filter(([name, option]) => all || (option.advanced !== true && (option.alwaysListed === true || available(name))))
    .sort(([left], [right]) => left.localeCompare(right));
  if (shown.length === 0) return undefined;
  const lines = shown.map(([name, option]) =>
    entry(option.flag === true ? `--${name}` : `--${name} <${option.kind.label}>`, describeOption(option), columns),
  );
  return `${family.category}:\n\n${lines.join('\n')}`;
}

/** `keygrid <command> --help`: options that can be used now; with `all` every option. */
export function renderCommandHelp(command: Command, all: boolean, available: (name: string) => boolean, columns: number): string {
  const sections = [
    command.summary,
    `Usage:\n\n${program} ${command.name} [OPTIONS]`,
    `Options:\n\n${argumentLines([...commonArguments, ...command.arguments], columns)}`,
    ...command.families.map((family) => familyLines(family, all, available, columns)).filter((section) => section !== undefined),
  ];
  if (!all && command.families.length > 0) sections.push(`More options: ${program} ${command.name} --help-all`);
  return `${sections.join('\n\n')}\n`;
}

/** `keygrid --help`. */
export function renderProgramHelp(commands: readonly Command[], columns: number): string {
  const width = Math.max(...commands.map((command) => command.name.length)) + 4;
  const list = commands.map((command) => `  ${command.name.padEnd(width)}${command.summary}`).join('\n');
  return `Keygrid: identity and access management that forms its own cluster.

Usage:

${program} [OPTIONS] [COMMAND]

Options:

${argumentLines([...commonArguments.filter((argument) => argument.name !== 'optimized'), { name: 'version', help: 'Shows the version (also -V).' }], columns)}

Commands:

${list}

Options are read from the command line (--name=value), the environment (KC_NAME), and conf/keycloak.conf in KC_HOME_DIR or the working directory, in this order.

Examples:

  One node with an embedded database, for development:

      $ ${program} start-dev

  A node of a production cluster, behind a proxy that ends TLS:

      $ ${program} start --db-url=jdbc:postgresql://db.example.org/keygrid --db-username=keygrid --hostname=https://login.example.org --http-enabled=true --proxy-headers=xforwarded
`;
}
