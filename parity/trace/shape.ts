/** Where random and host-bound parts of answers are replaced by what kind of thing they are. */
export interface Places {
  /** Base URL of the server that answered. */
  readonly base: string;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const JWE = /eyJ[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+/g;
const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;
/** Random text in base64url; prose and names of this length have no capital in them. */
const RANDOM = /(?<![\w-])(?=[\w-]*[A-Z])[\w-]{20,}(?![\w-])/g;
const EPOCH_SECONDS_FROM = 1_600_000_000;
const EPOCH_SECONDS_TO = 5_000_000_000;
const LIFETIME_GRAIN_SECONDS = 5;

/** A text with its random and host-bound parts replaced. */
export function shapeOfText(text: string, { base }: Places): string {
  return text
    .replaceAll(base, '<base>')
    .replaceAll(encodeURIComponent(base), '<base>')
    .replaceAll(new URL(base).host, '<host>')
    .replace(JWE, '<jwe>')
    .replace(JWT, '<jwt>')
    .replace(UUID, '<uuid>')
    .replace(RANDOM, (found) => `<random ${found.length}>`);
}

/** Seconds that a slow answer makes smaller, rounded up. */
export function shapeOfLifetime(seconds: number): string {
  return String(Math.ceil(seconds / LIFETIME_GRAIN_SECONDS) * LIFETIME_GRAIN_SECONDS);
}

/** A number, or what kind of time it is. */
export function shapeOfNumber(value: number): string {
  if (value >= EPOCH_SECONDS_FROM * 1_000) return '<epoch ms>';
  return value >= EPOCH_SECONDS_FROM && value <= EPOCH_SECONDS_TO ? '<epoch>' : String(value);
}

/** Text of which only the length tells anything. */
export function randomOf(text: string): string {
  return `<random ${text.length}>`;
}
