/** What is read of a kept run of the operations. */
export interface KeptRun {
  readonly results: readonly {
    readonly server: string;
    readonly rows: readonly { readonly name: string; readonly serverCpuMs: number }[];
  }[];
}

/** Names of this server's `count` rows with the most CPU per operation in a kept run, most first. */
export function slowestRows(kept: KeptRun, count: number): readonly string[] {
  return [...cpuOfRows(kept)]
    .sort(([, one], [, other]) => other - one)
    .slice(0, count)
    .map(([name]) => name);
}

/** Server CPU ms per operation of this server's rows in a kept run. */
export function cpuOfRows(kept: KeptRun): ReadonlyMap<string, number> {
  const rows = kept.results.find(({ server }) => server === 'keygrid')?.rows ?? [];
  return new Map(rows.map(({ name, serverCpuMs }) => [name, serverCpuMs]));
}

/** What has to run before a row, again for each time that the row runs: what it deletes has to be there. */
export const madeBy: ReadonlyMap<string, string> = new Map([
  ['admin: delete user', 'admin: create user with password'],
  ['admin: delete client', 'admin: create client'],
  ['admin: delete realm', 'admin: create realm'],
]);
