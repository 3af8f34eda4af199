import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { metricCatalogue } from '../../packages/server/src/observability/metric-catalogue.ts';
import { root, textOf } from '../checks/repository.ts';
import { findFacility } from '../testing/skips.ts';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string; readonly annotations: object }[];
  }[];
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
}

const rules = parse(textOf('deploy/prometheus/alerts.yml')) as Rules;
const alerts = rules.groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(textOf('deploy/grafana/keygrid-cluster.json')) as Dashboard;
const panelExpressions = dashboard.panels.flatMap((panel) => (panel.targets ?? []).map(({ expr }) => expr));
const expressions = [...alerts.map(({ expr }) => expr), ...panelExpressions];

const endings = { counter: ['_total'], gauge: [''], timer: ['_count', '_sum', '_bucket'], summary: ['_count', '_sum', '_bucket'] } as const;
/** Sample -> labels; `up` is Prometheus' own. */
const samples = new Map<string, readonly string[]>([
  ['up', []],
  ...Object.entries(metricCatalogue).flatMap(([name, { kind, labels }]) => endings[kind].map((ending) => [name + ending, labels] as const)),
]);

/** Metric selectors of an expression, with the labels that they name. */
function selectorsOf(expression: string): { readonly name: string; readonly labels: readonly string[] }[] {
  return [...expression.matchAll(/\b([a-z]\w+)\{([^}]*)\}/g)].map(([, name, inside]) => ({
    name: name as string,
    labels: [...(inside ?? '').matchAll(/(\w+)\s*(?:=~|!=|=)/g)].map(([, label]) => label as string),
  }));
}

const promtool = findFacility('promtool');

describe('monitoring files', { timeout: 60_000 }, () => {
  it('ask for metrics and labels that this server has', () => {
    for (const expression of expressions) {
      const selectors = selectorsOf(expression);
      expect(selectors.length, expression).toBeGreaterThan(0);
      for (const { name, labels } of selectors) {
        expect(samples.has(name), `${name} in ${expression}`).toBe(true);
        for (const label of labels)
          expect(['job', 'instance', 'le', ...(samples.get(name) ?? [])], `${label} in ${expression}`).toContain(label);
      }
    }
  });

  it('group by labels that the metrics have', () => {
    const known = new Set(['job', 'instance', 'le', ...[...samples.values()].flat()]);
    for (const expression of expressions)
      for (const [, list = ''] of expression.matchAll(/\b(?:by|on) \(([^)]*)\)/g))
        for (const label of list.split(',')) expect(known, expression).toContain(label.trim());
  });

  it('say of every alert what it means', () => {
    for (const { alert, annotations } of alerts) {
      expect(alert).toMatch(/^Keygrid[A-Z]\w+$/);
      expect(Object.keys(annotations)).toEqual(['summary', 'description']);
    }
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  });

  it('make a dashboard whose panels and variables are whole', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const variables = new Set(['__rate_interval', ...dashboard.templating.list.map(({ name }) => name)]);
    for (const { type, title, targets } of dashboard.panels) {
      expect(title).not.toBe('');
      if (type !== 'row') expect(targets?.length ?? 0, title).toBeGreaterThan(0);
    }
    for (const expression of panelExpressions)
      for (const [, name] of expression.matchAll(/\$(\w+)/g)) expect(variables, expression).toContain(name);
  });

  it.skipIf(promtool === undefined)('are understood by promtool, which also plays the alerts through', () => {
    const run = (...args: string[]) =>
      execFileSync(promtool as string, args, { cwd: join(root, 'deploy/prometheus'), stdio: 'pipe', encoding: 'utf8' });
    expect(run('check', 'config', 'prometheus.yml')).toContain('is valid prometheus config file syntax');
    expect(run('check', 'rules', 'alerts.yml')).toContain(`SUCCESS: ${alerts.length} rules found`);
    expect(run('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
    const folder = mkdtempSync(join(tmpdir(), 'keygrid-promtool-'));
    try {
      // Grafana's variables stand for text that only it knows.
      const recorded = panelExpressions.map((expr, index) => ({
        record: `panel:${index}`,
        expr: expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, 'x'),
      }));
      const file = join(folder, 'panels.json');
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules: recorded }] }));
      expect(run('check', 'rules', file)).toContain(`SUCCESS: ${recorded.length} rules found`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
