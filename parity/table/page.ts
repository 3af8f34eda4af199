import { type Check, features, ways } from './check.ts';
import { onPurpose } from './on-purpose.ts';
import type { Outcomes } from './run-table.ts';

/** Product name -> its version and outcomes. */
export type Asked = ReadonlyMap<string, { readonly version: string; readonly outcomes: Outcomes }>;

/** What the table says of one check on this server. */
export function verdict(check: Check, outcomes: Outcomes): 'same' | 'different on purpose' | 'missing' {
  if (outcomes.get(check.name) === undefined) return 'same';
  return onPurpose[check.name] === undefined ? 'missing' : 'different on purpose';
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function holds(checks: readonly Check[], outcomes: Outcomes | undefined): string {
  if (outcomes === undefined) return '-';
  return `${checks.filter((check) => outcomes.get(check.name) === undefined).length} of ${checks.length}`;
}

/** Feature by feature, as it is printed and as the page shows it. */
export function summary(checks: readonly Check[], asked: Asked): string {
  const names = [...asked.keys()];
  const rows = features.map((feature) => {
    const own = checks.filter((check) => check.feature === feature);
    return `| ${feature} | ${names.map((name) => holds(own, asked.get(name)?.outcomes)).join(' | ')} |`;
  });
  const totals = names.map((name) => holds(checks, asked.get(name)?.outcomes));
  return [
    `| feature | ${names.map((name) => `${name} ${asked.get(name)?.version}`).join(' | ')} |`,
    `|---|${names.map(() => '---|').join('')}`,
    ...rows,
    `| **all** | ${totals.join(' | ')} |`,
  ].join('\n');
}

function matrix(checks: readonly Check[]): string {
  const count = (feature: string, way: string): string =>
    String(checks.filter((check) => check.feature === feature && check.way === way).length || '');
  return [
    `| feature | ${ways.join(' | ')} |`,
    `|---|${ways.map(() => '---|').join('')}`,
    ...features.map((feature) => `| ${feature} | ${ways.map((way) => count(feature, way)).join(' | ')} |`),
  ].join('\n');
}

/** The page docs/parity.md. */
export function parityPage(checks: readonly Check[], asked: Asked, conditions: string): string {
  const own = asked.get('keygrid')?.outcomes ?? new Map();
  const detail = features.map((feature) => {
    const lines = checks
      .filter((check) => check.feature === feature)
      .map((check) => {
        const said = verdict(check, own);
        const why = said === 'different on purpose' ? `: ${cell(onPurpose[check.name] ?? '')}` : '';
        return `| ${cell(check.name)} | ${check.way} | ${said === 'same' ? 'same' : `**${said}**${why}`} |`;
      });
    return `### ${feature}\n\n| what must hold | by | here |\n|---|---|---|\n${lines.join('\n')}`;
  });
  return `# Parity

Written by \`npm run parity -- --against keycloak,keygrid --keep\`. ${conditions}

Every line is a black-box check that the real Keycloak passed in the same run; a check that it fails is wrong and is mended.
*same*: this server passes it too. *different on purpose*: it does something else, and why. *missing*: it does not do it (yet).

${summary(checks, asked)}

## Checks by feature and way of use

${matrix(checks)}

## Every check

${detail.join('\n\n')}
`;
}
