import { features } from './features.ts';
import type { OptionDeclaration } from './option.ts';
import { families } from './options/index.ts';
import { environmentName } from './sources.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

function defaultCell(option: OptionDeclaration<unknown>): string {
  if (option.default === undefined) return option.defaultText === undefined ? '' : cell(option.defaultText);
  const development = option.developmentDefault === undefined ? '' : ` (development: \`${option.developmentDefault}\`)`;
  return `\`${cell(option.default)}\`${development}`;
}

function typeCell(option: OptionDeclaration<unknown>): string {
  const { type, allowed, strict } = option.kind;
  if (allowed === undefined || type === 'boolean') return type;
  return `${type}: ${allowed.map((value) => `\`${value}\``).join(', ')}${strict === false ? ', or another' : ''}`;
}

function notesCell(option: OptionDeclaration<unknown>): string {
  const notes = [option.help];
  if (option.condition !== undefined) notes.push(`Available only when ${option.condition.text}.`);
  if (option.deprecatedValues !== undefined) notes.push(`Deprecated values: ${Object.keys(option.deprecatedValues).join(', ')}.`);
  if (option.spi !== undefined) notes.push(`Also \`${option.spi}\`.`);
  if (option.secret === true) notes.push('Secret: never shown.');
  if (option.inert !== undefined) notes.push(`No effect: ${option.inert}.`);
  return cell(notes.join(' '));
}

/** docs/reference/options.md, made from the option table. */
export function renderOptionsReference(): string {
  const lines = [
    '# Options',
    '',
    'Generated from `packages/server/src/config/options`; do not edit.',
    '',
    'Each option can stand on the command line (`--name=value` or `--name value`), in the environment (the variable in the second column), and in',
    '`conf/keycloak.conf` (`name=value`), in this order of precedence. `conf/` is looked for in `KC_HOME_DIR`, else in the working directory.',
    '`-Dkc.name=value` on the command line or in `JAVA_OPTS_APPEND` stands between the command line and the environment.',
  ];
  for (const family of Object.values(families)) {
    const title = family.category === 'Import' && 'dir' in family.options ? 'Import (command)' : family.category;
    lines.push('', `## ${title}`, '', '| Option | Variable | Type | Default | |', '|---|---|---|---|---|');
    const options = Object.entries<OptionDeclaration<unknown>>(family.options).sort(([left], [right]) => left.localeCompare(right));
    for (const [name, option] of options) {
      lines.push(`| \`${name}\` | \`${environmentName(name)}\` | ${typeCell(option)} | ${defaultCell(option)} | ${notesCell(option)} |`);
    }
  }
  lines.push('', '## Features', '', '| Feature | Versions | On by default |', '|---|---|---|');
  for (const [name, feature] of Object.entries(features)) {
    lines.push(`| \`${name}\` | ${feature.versions.map((version) => `v${version}`).join(', ')} | ${feature.standard ? 'yes' : 'no'} |`);
  }
  return `${lines.join('\n')}\n`;
}
