import { ServerError } from '../http/errors.ts';

/** An option, command or value that is refused before anything starts: exit code 2. Never holds a secret. */
export class ConfigurationError extends ServerError {
  /** Lines after the message: possible solutions and where to read on. */
  readonly hints: readonly string[];

  constructor(message: string, hints: readonly string[] = []) {
    super('KG_BAD_CONFIGURATION', message);
    this.name = 'ConfigurationError';
    this.hints = hints;
  }
}
