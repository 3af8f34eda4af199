/** A version is the pair (epoch in which the primary assigned it, sequence of the segment); negative = a is older than b. */
export function compareVersions(epochA: number, sequenceA: number, epochB: number, sequenceB: number): number {
  return epochA === epochB ? sequenceA - sequenceB : epochA - epochB;
}

/** The opaque text that callers see. */
export function versionText(epoch: number, sequence: number): string {
  return `${epoch}.${sequence}`;
}

/** Undefined where the text is no version of ours; it then matches nothing. */
export function parseVersion(text: string): { epoch: number; sequence: number } | undefined {
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(text);
  return match === null ? undefined : { epoch: Number(match[1]), sequence: Number(match[2]) };
}
