const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const ISO_8601 = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?)?$/i;

/**
 * A duration as Keycloak's options take it: ISO 8601 (`PT10S`), seconds (`10`), or an integer with one of ms, s, m, h, d.
 * Negative seconds are kept (they switch some options off). Returns milliseconds, or undefined if the text is none of these.
 */
export function parseDurationMs(text: string): number | undefined {
  if (/^-?\d{1,12}$/.test(text)) return Number(text) * 1_000;
  const simple = /^(-?\d{1,12})(ms|s|m|h|d)$/i.exec(text);
  if (simple !== null) return Number(simple[1]) * (UNIT_MS[(simple[2] ?? '').toLowerCase()] ?? 1);
  const iso = ISO_8601.exec(text);
  if (iso === null || iso.slice(1).every((part) => part === undefined)) return undefined;
  const [days, hours, minutes, seconds] = iso.slice(1).map((part) => Number(part ?? 0));
  return Math.round((days ?? 0) * 86_400_000 + (hours ?? 0) * 3_600_000 + (minutes ?? 0) * 60_000 + (seconds ?? 0) * 1_000);
}
