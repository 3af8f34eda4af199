import type { Metadata } from './metadata.ts';
import { updatePolicy } from './update-policy.ts';

/** A section with what stands against running both configurations at once. */
export interface SectionResult {
  readonly section: string;
  readonly incompatible: readonly string[];
}

interface FeatureState {
  readonly enabled?: unknown;
  readonly version?: unknown;
}

function featureState(text: string | undefined): FeatureState {
  if (text === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/** Versions of one minor line run beside each other: they speak the same protocol and keep the same tables. */
function sameLine(before: string | undefined, now: string | undefined): boolean {
  const line = (version: string | undefined): string | undefined => /^(\d+\.\d+)\.\d+/.exec(version ?? '')?.[1];
  return before === now || (line(before) !== undefined && line(before) === line(now));
}

function agree(section: string, attribute: string, before: string | undefined, now: string | undefined): boolean {
  if (section === 'keycloak' && attribute === 'version') return sameLine(before, now);
  if (section !== 'feature-compatibility') return before === now;
  const policy = updatePolicy(attribute);
  const [old, current] = [featureState(before), featureState(now)];
  if (policy === 'SHUTDOWN')
    return (old.enabled === true) === (current.enabled === true) && (old.enabled !== true || old.version === current.version);
  return policy === 'ROLLING' || old.enabled !== true || current.enabled !== true || old.version === current.version;
}

/** Judges section by section, in alphabetical order. */
export function compareMetadata(before: Metadata, now: Metadata): readonly SectionResult[] {
  const sections = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return sections.map((section) => {
    const [old, current] = [before[section] ?? {}, now[section] ?? {}];
    const attributes = [...new Set([...Object.keys(old), ...Object.keys(current)])].sort();
    const incompatible = attributes
      .filter((attribute) => !agree(section, attribute, old[attribute], current[attribute]))
      .map((attribute) => `'${section}.${attribute}' is incompatible: ${old[attribute] ?? 'null'} -> ${current[attribute] ?? 'null'}.`);
    return { section, incompatible };
  });
}

/** Metadata out of a file; undefined for anything that is none. */
export function parseMetadata(text: string): Metadata | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const isSection = (value: unknown): value is Record<string, string> =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((one) => typeof one === 'string');
  return Object.values(parsed).every(isSection) ? (parsed as Metadata) : undefined;
}
