/** One step of the schema. Once released it never changes; a later step corrects it. */
export interface Migration {
  /** Counts up without gaps; the file's number. */
  readonly id: number;
  readonly name: string;
  /** Run in order, in one transaction with all other steps that are due. */
  readonly statements: readonly string[];
}
