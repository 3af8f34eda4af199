import { ReplyError } from '../../http/errors.ts';
import type { PolicyConfig, PolicyType } from './policy-type.ts';

/** Field of the representation -> name in the config. */
const texts: Readonly<Record<string, string>> = {
  notBefore: 'nbf',
  notOnOrAfter: 'noa',
  dayMonth: 'dayMonth',
  dayMonthEnd: 'dayMonthEnd',
  month: 'month',
  monthEnd: 'monthEnd',
  year: 'year',
  yearEnd: 'yearEnd',
  hour: 'hour',
  hourEnd: 'hourEnd',
  minute: 'minute',
  minuteEnd: 'minuteEnd',
};

/** The time of the request lies between two points, and its day, month, year, hour and minute in their ranges, by the clock of the server. */
export const timePolicy: PolicyType = {
  type: 'time',
  name: 'Time',
  group: 'Time Based',
  fields: Object.fromEntries(Object.keys(texts).map((name) => [name, 'text'])),
  judge(config, subject) {
    const now = pointOf(subject.context.get('kc.time.date_time')?.[0]);
    // What cannot be understood opens nothing.
    if (now === undefined) return 'deny';
    const begins = config['nbf'] ? pointOf(config['nbf']) : { at: Number.NEGATIVE_INFINITY };
    const ends = config['noa'] ? pointOf(config['noa']) : { at: Number.POSITIVE_INFINITY };
    if (begins === undefined || ends === undefined || now.at < begins.at || now.at > ends.at) return 'deny';
    const inside = (name: string, value: number): boolean => isInside(config[name], config[`${name}End`], value);
    return inside('dayMonth', now.dayMonth) &&
      inside('month', now.month) &&
      inside('year', now.year) &&
      inside('hour', now.hour) &&
      inside('minute', now.minute)
      ? 'grant'
      : 'deny';
  },
  read: async (body) =>
    checked(
      Object.fromEntries(Object.entries(texts).flatMap(([field, name]) => (typeof body[field] === 'string' ? [[name, body[field]]] : []))),
    ),
  show: (config) =>
    Object.fromEntries(Object.entries(texts).flatMap(([field, name]) => (config[name] === undefined ? [] : [[field, config[name]]]))),
  imported: async (config) => checked(config),
};

function checked(config: PolicyConfig): PolicyConfig {
  const begins = pointOf(config['nbf']);
  const ends = pointOf(config['noa']);
  if (begins !== undefined && ends !== undefined && ends.at < begins.at) {
    throw new ReplyError(400, { error: "Expire time can't be set to a date before start time" });
  }
  return config;
}

function isInside(start: string | undefined, end: string | undefined, value: number): boolean {
  if (start === undefined || start === '') return true;
  return end === undefined || end === '' ? value === Number(start) : value >= Number(start) && value <= Number(end);
}

interface Point {
  /** Grows with the time on the clock; zones cancel out, since both sides are of the same clock. */
  readonly at: number;
  readonly year: number;
  readonly month: number;
  readonly dayMonth: number;
  readonly hour: number;
  readonly minute: number;
}

/** `yyyy-MM-dd HH:mm:ss`, or the day alone. */
function pointOf(text: string | undefined): Point | undefined {
  const parts = /^\s*(\d{1,4})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2}):(\d{1,2}))?\s*$/.exec(text ?? '');
  if (!parts) return undefined;
  const [year = 0, month = 0, dayMonth = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return { at: Date.UTC(year, month - 1, dayMonth, hour, minute, second), year, month, dayMonth, hour, minute };
}

/** The time on the clock of the server, as policies read it. */
export function clockText(nowMs: number): string {
  const now = new Date(nowMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${day} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
}
