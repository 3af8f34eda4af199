import { colourOf, short, svg, text } from './svg.ts';

/** One operation: the figure of each server; less is better. */
export interface BarGroup {
  readonly name: string;
  readonly figures: readonly { readonly server: string; readonly value: number }[];
}

/** Narrow enough to be read on a phone as it is. */
const WIDTH = 480;
const EDGE = 12;
/** For the name and the figure behind the longest bar. */
const CAPTION = 110;
const NAME = 17;
const BAR = 16;
const GAP = 12;
const TOP = 52;

/** Bars on a logarithmic scale, since servers differ by a factor; the ratio to the first server stands beside the name of each group. */
export function barChart(title: string, unit: string, groups: readonly BarGroup[]): string {
  const values = groups.flatMap((group) => group.figures.map((figure) => figure.value)).filter((value) => value > 0);
  const least = Math.min(...values) / 2;
  const most = Math.max(...values);
  const room = WIDTH - 2 * EDGE - CAPTION;
  const length = (value: number): number => (value <= 0 ? 0 : (room * Math.log(value / least)) / Math.log(most / least));
  let y = TOP;
  const parts = [
    text(EDGE, 22, title, 'font-size="15" font-weight="600"'),
    text(EDGE, 40, `${unit}, logarithmic; shorter is better`, 'opacity="0.8"'),
  ];
  for (const group of groups) {
    parts.push(text(EDGE, y + NAME - 5, group.name, 'font-size="13"'));
    const [first, second] = group.figures;
    if (first !== undefined && second !== undefined && second.value > 0) {
      const ratio = first.value / second.value;
      const words = ratio >= 1 ? `${ratio.toFixed(1)} × less` : `${(1 / ratio).toFixed(1)} × more`;
      parts.push(text(WIDTH - EDGE, y + NAME - 5, words, 'text-anchor="end" font-size="13" font-weight="600"'));
    }
    group.figures.forEach(({ server, value }, index) => {
      const at = y + NAME + index * BAR;
      const end = EDGE + length(value);
      parts.push(`<rect x="${EDGE}" y="${at}" width="${length(value).toFixed(1)}" height="${BAR - 3}" style="fill:${colourOf(server)}"/>`);
      parts.push(text(end + 5, at + BAR - 5, `${server} ${short(value)}`));
    });
    y += NAME + group.figures.length * BAR + GAP;
  }
  return svg(WIDTH, y, title, parts.join(''));
}
