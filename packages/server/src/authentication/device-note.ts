/** Session note, with Keycloak's name: what kind of device the login came from, as base64 of JSON. */
export const DEVICE_NOTE = 'KC_DEVICE_NOTE';

/** A device as the account console names it. */
export interface Device {
  readonly os: string;
  readonly osVersion: string;
  readonly browser: string;
  readonly device: string;
  readonly mobile: boolean;
}

const unknown: Device = { os: 'Other', osVersion: 'Unknown', browser: 'Other/Unknown', device: 'Other', mobile: false };
/** Longer ones are made up. */
const MAX_AGENT_CHARACTERS = 512;

/** Name and version by what a user agent says; what stands first is what the later ones pretend to be. */
const BROWSERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Edge', /Edg(?:e|A|iOS)?\/([\d.]+)/],
  ['Opera', /(?:OPR|Opera)\/([\d.]+)/],
  ['Samsung Internet', /SamsungBrowser\/([\d.]+)/],
  ['Firefox', /(?:Firefox|FxiOS)\/([\d.]+)/],
  ['Chrome', /(?:Chrome|CriOS|HeadlessChrome)\/([\d.]+)/],
  ['Safari', /Version\/([\d.]+).*Safari\//],
  ['curl', /^curl\/([\d.]+)/],
];
const SYSTEMS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Windows', /Windows NT ([\d.]+)/],
  ['iOS', /(?:iPhone|iPad|iPod).*? OS ([\d_]+)/],
  ['Android', /Android ([\d.]+)/],
  ['Chrome OS', /CrOS \S+ ([\d.]+)/],
  ['Mac OS X', /Mac OS X ([\d_.]+)/],
  ['Linux', /Linux()/],
];

/** What a `User-Agent` header tells. */
export function deviceOf(userAgent: string | undefined): Device {
  if (userAgent === undefined || userAgent.length > MAX_AGENT_CHARACTERS) return unknown;
  const [browser, browserVersion] = firstOf(BROWSERS, userAgent);
  const [os, osVersion] = firstOf(SYSTEMS, userAgent);
  const apple = /\b(iPhone|iPad|iPod|Macintosh)\b/.exec(userAgent)?.[1];
  return {
    os: os ?? unknown.os,
    osVersion: osVersion || unknown.osVersion,
    browser: `${browser ?? 'Other'}/${browserVersion || 'Unknown'}`,
    device: apple === undefined ? unknown.device : apple === 'Macintosh' ? 'Mac' : apple,
    mobile: /\bMobile\b|iPhone|iPod|Android/.test(userAgent),
  };
}

/** The note that a session gets at its login. */
export function deviceNote(userAgent: string | undefined): Readonly<Record<string, string>> {
  return { [DEVICE_NOTE]: Buffer.from(JSON.stringify(deviceOf(userAgent))).toString('base64') };
}

/** The device of a session; one that nothing is known of where it has no note. */
export function readDeviceNote(notes: Readonly<Record<string, string>>): Device {
  const note = notes[DEVICE_NOTE];
  if (note === undefined) return unknown;
  try {
    return { ...unknown, ...(JSON.parse(Buffer.from(note, 'base64').toString()) as Partial<Device>) };
  } catch {
    return unknown;
  }
}

function firstOf(table: readonly (readonly [string, RegExp])[], text: string): readonly [name?: string, version?: string] {
  for (const [name, pattern] of table) {
    const version = pattern.exec(text)?.[1];
    if (version !== undefined) return [name, version.replaceAll('_', '.')];
  }
  return [];
}
