import { colourOf, short, svg, text } from './svg.ts';

/** One operation: the figure of each server; less is better. */
export interface BarGroup {
  readonly name: string;
  readonly figures: readonly { readonly server: string; readonly value: number }[];
}

const WIDTH = 720;
const LABEL = 210;
const RATIO = 90;
const BAR = 11;
const GAP = 10;
const TOP = 44;

/** Bars on a logarithmic scale, since servers differ by a factor; the ratio to the first server stands at the end of each group. */
export function barChart(title: string, unit: string, groups: readonly BarGroup[]): string {
  const values = groups.flatMap((group) => group.figures.map((figure) => figure.value)).filter((value) => value > 0);
  const least = Math.min(...values) / 2;
  const most = Math.max(...values);
  const room = WIDTH - LABEL - RATIO;
  const length = (value: number): number => (value <= 0 ? 0 : (room * Math.log(value / least)) / Math.log(most / least));
  let y = TOP;
  const parts = [
    text(12, 20, title, 'font-size="14" font-weight="600"'),
    text(12, 36, `${unit}, logarithmic; shorter is better`, 'opacity="0.7"'),
  ];
  for (const group of groups) {
    parts.push(text(12, y + (group.figures.length * BAR) / 2 + 4, group.name));
    group.figures.forEach(({ server, value }, index) => {
      const at = y + index * BAR;
      parts.push(`<rect x="${LABEL}" y="${at}" width="${length(value).toFixed(1)}" height="${BAR - 2}" fill="${colourOf(server)}"/>`);
      parts.push(text(LABEL + length(value) + 4, at + BAR - 3, `${server} ${short(value)}`, 'font-size="9"'));
    });
    const [first, second] = group.figures;
    if (first !== undefined && second !== undefined && second.value > 0) {
      const ratio = first.value / second.value;
      parts.push(
        text(
          WIDTH - 12,
          y + BAR + 2,
          ratio >= 1 ? `${ratio.toFixed(1)} x less` : `${(1 / ratio).toFixed(1)} x more`,
          'text-anchor="end" font-weight="600"',
        ),
      );
    }
    y += group.figures.length * BAR + GAP;
  }
  return svg(WIDTH, y + 8, title, parts.join(''));
}
