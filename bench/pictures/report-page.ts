import type { IamResult } from '../iam.ts';
import type { LifeResult } from '../life.ts';
import { barChart } from './bars.ts';
import { curveChart } from './curves.ts';
import { escapeText } from './svg.ts';
import { timelineChart } from './timeline-chart.ts';

/** A kept run: what stood over its table, and its figures. */
export interface Kept<T> {
  readonly file: string;
  readonly conditions: string;
  readonly results: readonly T[];
}

export interface Picture {
  /** File name without its ending; unique. */
  readonly name: string;
  readonly svg: string;
  readonly conditions: string;
}

/** The original first, so that ratios are against it. */
const byServer = <T extends { readonly server: string }>(results: readonly T[]): T[] =>
  results.toSorted((one, other) => Number(one.server !== 'keycloak') - Number(other.server !== 'keycloak'));

function iamPictures(kept: Kept<IamResult>): Picture[] {
  const results = byServer(kept.results);
  const nodes = results[0]?.nodes ?? 1;
  const names = [...new Set(results.flatMap((result) => result.rows.map((row) => row.name)))];
  const figures = (name: string) =>
    results.flatMap((result) => {
      const row = result.rows.find((one) => one.name === name);
      return row === undefined || row.operations === 0 ? [] : [{ server: result.server, value: row.serverCpuMs }];
    });
  const bars = barChart(
    `Server CPU per operation, ${nodes === 1 ? 'one node' : `${nodes} nodes`}`,
    'milliseconds',
    names.map((name) => ({ name, figures: figures(name) })).filter((group) => group.figures.length > 0),
  );
  const curves = names.flatMap((name) => {
    const series = results.flatMap((result) => {
      const trials = result.rows.find((row) => row.name === name)?.trials ?? [];
      return trials.length === 0 ? [] : [{ server: result.server, points: trials }];
    });
    if (series.length === 0) return [];
    const file = `rate-${nodes}-${name.replace(/[^a-z0-9]+/gi, '-').replace(/-$/, '')}`;
    return [{ name: file, svg: curveChart(name, series), conditions: kept.conditions }];
  });
  return [{ name: `cpu-${nodes}`, svg: bars, conditions: kept.conditions }, ...curves];
}

function lifePictures(kept: Kept<LifeResult>): Picture[] {
  const results = byServer(kept.results);
  const names = [...new Set(results.flatMap((result) => result.events.map((event) => event.name)))];
  return names.map((name) => {
    const streams = results.flatMap((result) => {
      const event = result.events.find((one) => one.name === name);
      if (event === undefined) return [];
      const { eventAtSeconds, failed, longestMs, timeline } = event.result;
      return [{ server: result.server, eventAtSeconds, failed, longestMs, slices: timeline }];
    });
    return {
      name: `life-${name.replace(/[^a-z0-9]+/gi, '-').replace(/-$/, '')}`,
      svg: timelineChart(name, streams),
      conditions: kept.conditions,
    };
  });
}

/** Every picture that the kept runs give. */
export function pictures(iam: readonly Kept<IamResult>[], life: readonly Kept<LifeResult>[]): Picture[] {
  return [...iam.flatMap(iamPictures), ...life.flatMap(lifePictures)];
}

const style = `:root{color-scheme:light dark}body{margin:0;font:16px/1.5 system-ui,sans-serif;background:light-dark(#f6f8fa,#0d1117);color:light-dark(#24292f,#e6edf3);overflow-wrap:anywhere}main{max-width:1100px;margin:auto;padding:16px}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}.wide{display:grid;gap:12px;grid-template-columns:repeat(auto-fill,minmax(min(100%,480px),1fr))}.wide svg{width:100%;height:auto}.grid{display:grid;gap:12px;grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr))}
.grid svg{width:100%;height:auto}figure{margin:0}figcaption,p.note{font-size:.8rem;opacity:.8}`;

/** The whole page: no outside resources, no scripts. */
export function reportPage(all: readonly Picture[]): string {
  const section = (heading: string, kind: string, chosen: readonly Picture[]): string => {
    if (chosen.length === 0) return '';
    const notes = [...new Set(chosen.map((picture) => picture.conditions))]
      .map((note) => `<p class="note">${escapeText(note)}</p>`)
      .join('');
    return `<h2>${heading}</h2>${notes}<div class="${kind}">${chosen.map((picture) => `<figure>${picture.svg}</figure>`).join('')}</div>`;
  };
  const starting = (prefix: string): Picture[] => all.filter((picture) => picture.name.startsWith(prefix));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Keygrid measured</title><style>${style}</style></head>
<body><main><h1>Keygrid beside the real Keycloak</h1>
<p>All on one machine, one after the other, on the same PostgreSQL. The tables with every figure stand beside this page, as Markdown and JSON.</p>
${section('What an operation costs', 'wide', starting('cpu-'))}
${section('Latency over rate', 'grid', starting('rate-'))}
${section('When a node or the database goes', 'grid', starting('life-'))}
</main></body></html>
`;
}
