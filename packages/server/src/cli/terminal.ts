/** What asks a process to end: an orchestrator, Ctrl-C, the end of its terminal. */
export type StopSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

/** The process's surroundings as commands see them. */
export interface Terminal {
  readonly interactive: boolean;
  readonly columns: number;
  out(text: string): void;
  err(text: string): void;
  /** Asks for a line; `hidden` shows nothing of what is typed. */
  ask(question: string, hidden: boolean): Promise<string>;
  /** Calls back for each SIGTERM, SIGINT and SIGHUP. */
  onStopSignal(listener: (signal: StopSignal) => void): Disposable;
}
