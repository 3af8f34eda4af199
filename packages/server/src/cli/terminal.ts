/** The process's surroundings as commands see them. */
export interface Terminal {
  readonly interactive: boolean;
  readonly columns: number;
  out(text: string): void;
  err(text: string): void;
  /** Asks for a line; `hidden` shows nothing of what is typed. */
  ask(question: string, hidden: boolean): Promise<string>;
  /** Calls back for each SIGTERM and SIGINT. */
  onStopSignal(listener: (signal: 'SIGTERM' | 'SIGINT') => void): Disposable;
}
