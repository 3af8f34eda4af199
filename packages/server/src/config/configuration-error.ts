/** An option, command or value that is refused before anything starts: exit code 2. Never holds a secret. */
export class ConfigurationError extends Error {
  /** Of the server's error catalogue; the ground floor knows only its name. */
  readonly code = 'KG_BAD_CONFIGURATION';
  /** Lines after the message: possible solutions and where to read on. */
  readonly hints: readonly string[];

  constructor(message: string, hints: readonly string[] = [], options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'ConfigurationError';
    this.hints = hints;
  }
}
