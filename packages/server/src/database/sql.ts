/** What the stores speak to: a connection pool (autocommit) or one open transaction. */
export interface Sql {
  /** Runs a statement that is prepared once a connection under `name`; the same name always stands for the same text. */
  rows<R>(name: string, text: string, values?: readonly unknown[]): Promise<R[]>;
  /** As `rows`; gives the number of rows that the statement touched. */
  run(name: string, text: string, values?: readonly unknown[]): Promise<number>;
}

/** The first row, if there is one. */
export async function firstRow<R>(rows: Promise<R[]>): Promise<R | undefined> {
  return (await rows)[0];
}
