import { ServerError } from '../http/errors.ts';

/** A start that was well formed and fails later: exit code 1. */
export class StartError extends ServerError {
  constructor(message: string, options: ErrorOptions = {}) {
    super('KG_BAD_CONFIGURATION', message, options);
    this.name = 'StartError';
  }
}
