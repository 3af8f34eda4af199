import { type LogEncoder, type LogRecord, THREAD_NAME } from './log-record.ts';
import type { LogLevel } from './logger.ts';

type Part = (record: LogRecord) => string;

const COLOURS: Readonly<Record<LogLevel, string>> = {
  error: '\u001b[31m',
  warn: '\u001b[33m',
  info: '\u001b[32m',
  debug: '\u001b[36m',
  trace: '\u001b[90m',
};
const RESET = '\u001b[39m';

const two = (value: number): string => String(value).padStart(2, '0');

function offset(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

/** Java's letters for an offset such as +01:00. */
const OFFSET_FIELD = 'X'.repeat(3);

const DATE_FIELDS: Readonly<Record<string, (date: Date) => string>> = {
  yyyy: (date) => String(date.getFullYear()),
  MM: (date) => two(date.getMonth() + 1),
  dd: (date) => two(date.getDate()),
  HH: (date) => two(date.getHours()),
  mm: (date) => two(date.getMinutes()),
  ss: (date) => two(date.getSeconds()),
  SSS: (date) => String(date.getMilliseconds()).padStart(3, '0'),
  [OFFSET_FIELD]: offset,
};

const DATE_PATTERN = new RegExp(`(yyyy|MM|dd|HH|mm|SSS|ss|${OFFSET_FIELD})`);

function datePart(pattern: string): Part {
  const parts = pattern.split(DATE_PATTERN).filter((part) => part !== '');
  return (record) => {
    const date = new Date(record.timeMs);
    return parts.map((part) => DATE_FIELDS[part]?.(date) ?? part.replaceAll("'", '')).join('');
  };
}

function messagePart(record: LogRecord): string {
  if (record.fields.size === 0) return record.message;
  return `${record.message} ${[...record.fields].map(([name, value]) => `${name}=${typeof value === 'string' ? `"${value}"` : String(value)}`).join(' ')}`;
}

function padded(part: Part, width: string | undefined): Part {
  if (width === undefined || width === '') return part;
  const columns = Math.min(Math.abs(Number(width)), 200);
  return width.startsWith('-') ? (record) => part(record).padEnd(columns) : (record) => part(record).padStart(columns);
}

/**
 * Compiles a pattern of the JBoss Log Manager, as option `log-console-format` takes it: %d{…} date, %p level, %c category, %t thread,
 * %s or %m message, %e error, %h host, %i process id, %n line end, with a width as in %-5p.
 */
export function textEncoder(pattern: string, colours: boolean, host: string): LogEncoder {
  const level: Part = (record) => record.level.toUpperCase();
  const known: Readonly<Record<string, (argument: string | undefined) => Part>> = {
    d: (argument) => datePart(argument ?? 'yyyy-MM-dd HH:mm:ss,SSS'),
    p: () => level,
    c: () => (record) => record.category,
    t: () => () => THREAD_NAME,
    s: () => messagePart,
    m: () => messagePart,
    e: () => (record) => (record.stack === undefined ? '' : `: ${record.stack}`),
    h: () => () => host,
    H: () => () => host,
    i: () => () => String(process.pid),
    n: () => () => '\n',
    '%': () => () => '%',
  };
  const parts: Part[] = [];
  let at = 0;
  for (const match of pattern.matchAll(/%(-?\d*)([a-zA-Z%])(?:\{([^}]*)\})?/g)) {
    const literal = pattern.slice(at, match.index);
    if (literal !== '') parts.push(() => literal);
    at = match.index + match[0].length;
    const make = known[match[2] ?? ''];
    const whole = match[0];
    const part = make === undefined ? () => whole : padded(make(match[3]), match[1]);
    parts.push(colours && match[2] === 'p' ? (record) => `${COLOURS[record.level]}${part(record)}${RESET}` : part);
  }
  const rest = pattern.slice(at);
  if (rest !== '') parts.push(() => rest);
  return (record) => {
    let line = '';
    for (const part of parts) line += part(record);
    return line;
  };
}
