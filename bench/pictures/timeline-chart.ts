import { SLICE_MS, type Slice } from '../drivers/timeline.ts';
import { colourOf, short, svg, text } from './svg.ts';

const WIDTH = 360;
const LANE = 64;
const LEFT = 10;
const TOP = 44;

/** One server's stream through one event. */
export interface Stream {
  readonly server: string;
  readonly eventAtSeconds: number;
  readonly failed: number;
  readonly longestMs: number;
  readonly slices: readonly Slice[];
}

/** More slices than this are drawn together: a stream of minutes would be a picture of thousands of hairs. */
const MOST_SLICES = 600;

/** Each `count` slices as one. @internal Exported for its test. */
export function coarser(slices: readonly Slice[], count: number): Slice[] {
  return Array.from({ length: Math.ceil(slices.length / count) }, (_, index) => {
    const part = slices.slice(index * count, (index + 1) * count);
    return {
      ok: part.reduce((sum, { ok }) => sum + ok, 0),
      failed: part.reduce((sum, { failed }) => sum + failed, 0),
      longestMs: Math.max(...part.map(({ longestMs }) => longestMs)),
    };
  });
}

/** Two lanes a server: requests that ended in each slice of 100 ms (failed ones red), and under them the longest of them, as a line. */
export function timelineChart(title: string, fine: readonly Stream[]): string {
  const together = Math.ceil(Math.max(...fine.map((stream) => stream.slices.length), 1) / MOST_SLICES);
  const sliceMs = SLICE_MS * together;
  const streams = fine.map((stream) => ({ ...stream, slices: coarser(stream.slices, together) }));
  const most = Math.max(...streams.map((stream) => stream.slices.length), 1);
  const highest = Math.max(...streams.flatMap((stream) => stream.slices.map((slice) => slice.ok + slice.failed)), 1);
  const slowest = Math.max(...streams.map((stream) => stream.longestMs), 1);
  const x = (slice: number): number => LEFT + (slice * (WIDTH - 2 * LEFT)) / most;
  const width = Math.max(0.6, (WIDTH - 2 * LEFT) / most - 0.1);
  const parts = [
    text(LEFT, 18, title, 'font-weight="600"'),
    text(
      LEFT,
      33,
      `${Math.round((most * sliceMs) / 1_000)} s, slices of ${sliceMs} ms; red = failed; line = longest request`,
      'font-size="10" opacity="0.8"',
    ),
  ];
  streams.forEach((stream, lane) => {
    const floor = TOP + (lane + 1) * (LANE + 18) - 10;
    const bar = (count: number): number => (count * LANE) / highest;
    stream.slices.forEach((slice, index) => {
      if (slice.ok > 0)
        parts.push(
          `<rect x="${x(index).toFixed(1)}" y="${(floor - bar(slice.ok)).toFixed(1)}" width="${width.toFixed(1)}" height="${bar(slice.ok).toFixed(1)}" style="fill:${colourOf(stream.server)}" opacity="0.45"/>`,
        );
      if (slice.failed > 0)
        parts.push(
          `<rect x="${x(index).toFixed(1)}" y="${(floor - bar(slice.ok) - bar(slice.failed)).toFixed(1)}" width="${width.toFixed(1)}" height="${bar(slice.failed).toFixed(1)}" style="fill:var(--failed)"/>`,
        );
    });
    const line = stream.slices
      .map((slice, index) => `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${(floor - (slice.longestMs * LANE) / slowest).toFixed(1)}`)
      .join('');
    parts.push(`<path d="${line}" fill="none" style="stroke:${colourOf(stream.server)}" stroke-width="1"/>`);
    const event = x((stream.eventAtSeconds * 1_000) / sliceMs);
    parts.push(`<path d="M${event.toFixed(1)} ${floor - LANE}V${floor}" style="stroke:var(--ink)" stroke-dasharray="3 2"/>`);
    parts.push(
      text(LEFT, floor + 12, `${stream.server}: ${stream.failed} failed, longest ${short(stream.longestMs / 1_000)} s`, 'font-size="11"'),
    );
  });
  return svg(WIDTH, TOP + streams.length * (LANE + 18) + 8, title, parts.join(''));
}
