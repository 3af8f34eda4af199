/** One sample of an exposition. */
export interface Sample {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of a Prometheus or OpenMetrics exposition; label values with escapes are not needed here and kept as they stand. */
export function samplesOf(exposition: string): Sample[] {
  return exposition.split('\n').flatMap((line) => {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (found === null) return [];
    const labels = Object.fromEntries([...(found[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]));
    return [{ metric: found[1] as string, labels, value: Number(found[3]) }];
  });
}
