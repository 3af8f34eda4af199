import { colourOf, escapeText, hasColour, short, svg, text } from './svg.ts';

/** One server's latencies over the rate that was asked of it. */
export interface Curve {
  readonly server: string;
  readonly points: readonly { readonly perSecond: number; readonly p95Ms: number; readonly kept: boolean }[];
}

const WIDTH = 360;
const PLOT = 144;
const LEFT = 44;
const BOTTOM = 40;
/** Room for the title and the names of two servers; each further name has a line of its own. */
const TOP = 52;
const NAME_LINE = 14;
/** Servers without a colour of their own are told apart by their strokes. */
const DASHES = ['6 3', '2 3', '8 2 2 2'];

/** Longer ones would meet the names of the servers; the whole title is that of the picture. */
const MAX_TITLE = 30;

const logScale = (from: number, to: number, size: number) => (value: number) =>
  (size * Math.log(Math.max(value, from) / from)) / Math.log(to / from);

/** 95th percentile over arrivals a second, both logarithmic; hollow points broke a limit. */
export function curveChart(title: string, curves: readonly Curve[]): string {
  const points = curves.flatMap((curve) => curve.points).filter((point) => Number.isFinite(point.p95Ms));
  const rates = points.map((point) => point.perSecond);
  const latencies = points.map((point) => point.p95Ms);
  const top = TOP + Math.max(0, curves.length - 2) * NAME_LINE;
  const height = top + PLOT + BOTTOM;
  const x = logScale(Math.min(...rates) / 1.2, Math.max(...rates) * 1.2, WIDTH - LEFT - 16);
  const y = logScale(Math.max(0.1, Math.min(...latencies) / 1.5), Math.max(...latencies) * 1.5, PLOT);
  const px = (rate: number): number => LEFT + x(rate);
  const py = (ms: number): number => height - BOTTOM - y(ms);
  const parts = [
    text(10, 18, title.length > MAX_TITLE ? `${title.slice(0, MAX_TITLE - 1)}…` : title, 'font-weight="600"'),
    `<path d="M${LEFT} ${top}V${height - BOTTOM}H${WIDTH - 12}" fill="none" style="stroke:var(--axis)"/>`,
    text(WIDTH - 12, height - 8, 'arrivals a second', 'text-anchor="end" opacity="0.8" font-size="11"'),
    text(10, top - 10, 'p95 ms', 'opacity="0.8" font-size="11"'),
  ];
  for (const value of [1, 10, 100, 1_000, 10_000]) {
    if (value >= Math.min(...latencies) / 1.5 && value <= Math.max(...latencies) * 1.5)
      parts.push(
        text(LEFT - 4, py(value) + 3, short(value), 'text-anchor="end" font-size="10"'),
        `<path d="M${LEFT} ${py(value).toFixed(1)}H${WIDTH - 12}" style="stroke:var(--rule)" stroke-dasharray="2 3"/>`,
      );
    if (value >= Math.min(...rates) / 1.2 && value <= Math.max(...rates) * 1.2)
      parts.push(text(px(value), height - BOTTOM + 14, short(value), 'text-anchor="middle" font-size="10"'));
  }
  const others = curves.filter(({ server }) => !hasColour(server)).map(({ server }) => server);
  curves.forEach((curve, index) => {
    const sorted = curve.points.filter((point) => Number.isFinite(point.p95Ms)).toSorted((one, other) => one.perSecond - other.perSecond);
    const line = sorted
      .map((point, at) => `${at === 0 ? 'M' : 'L'}${px(point.perSecond).toFixed(1)} ${py(point.p95Ms).toFixed(1)}`)
      .join('');
    const colour = colourOf(curve.server);
    const other = others.indexOf(curve.server);
    const stroke = `fill="none" style="stroke:${colour}" stroke-width="2"${other < 0 ? '' : ` stroke-dasharray="${DASHES[other % DASHES.length]}"`}`;
    parts.push(`<path d="${line}" ${stroke}/>`);
    for (const point of sorted)
      parts.push(
        `<circle cx="${px(point.perSecond).toFixed(1)}" cy="${py(point.p95Ms).toFixed(1)}" r="${other < 0 ? 3 : 2}" style="fill:${point.kept ? colour : 'var(--ground)'};stroke:${colour}"/>`,
      );
    const y = 18 + index * NAME_LINE;
    parts.push(
      `<path d="M${WIDTH - 36} ${y - 4}h24" ${stroke}/>`,
      `<text x="${WIDTH - 42}" y="${y}" text-anchor="end" font-weight="600" style="fill:${colour}">${escapeText(curve.server)}</text>`,
    );
  });
  return svg(WIDTH, height, title, parts.join(''));
}
