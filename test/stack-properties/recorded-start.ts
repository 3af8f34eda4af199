/** What came of a start of the original, and what it said of errors and warnings. */
export interface RecordedStart {
  readonly outcome: 'refused' | 'starts';
  readonly words: readonly string[];
}
