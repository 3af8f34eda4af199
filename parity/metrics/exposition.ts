/** One metric of a scrape: its type, its labels, and the caches that it was seen for. */
export interface SeenMetric {
  readonly type: string;
  readonly labels: readonly string[];
  readonly caches: readonly string[];
}

const parts = ['_count', '_sum', '_bucket', '_total', '_active_count', '_duration_sum'];

/** The families of an OpenMetrics text by name; values are left out. */
export function familiesOf(text: string): Record<string, SeenMetric> {
  const types = new Map<string, string>();
  const seen = new Map<string, { labels: Set<string>; caches: Set<string> }>();
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\S+) (\S+)/.exec(line);
    if (type !== null) types.set(type[1] as string, type[2] as string);
    const sample = /^([a-zA-Z_]\w*)(?:\{(.*)\})? \S+/.exec(line);
    if (sample === null) continue;
    const name = sample[1] as string;
    const family = types.has(name) ? name : parts.map((part) => name.replace(new RegExp(`${part}$`), '')).find((one) => types.has(one));
    if (family === undefined) throw new Error(`sample ${name} has no TYPE`);
    const found = seen.get(family) ?? { labels: new Set<string>(), caches: new Set<string>() };
    seen.set(family, found);
    for (const [, label, value] of (sample[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      if (label !== 'le') found.labels.add(label as string);
      if (label === 'cache') found.caches.add(value as string);
    }
  }
  return Object.fromEntries(
    [...seen]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, { labels, caches }]) => [
        name,
        { type: types.get(name) ?? '', labels: [...labels].toSorted(), caches: [...caches].toSorted() },
      ]),
  );
}
