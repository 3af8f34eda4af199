import { ReplyError } from '../http/errors.ts';

/** What the event of a refused call says. */
export interface RefusedEvent {
  readonly error: string;
  readonly details?: Readonly<Record<string, string>>;
}

/** A refusal in the form of RFC 7591 section 3.2.2. */
export class RegistrationRefusal extends ReplyError {
  /** Undefined: no event tells of it, as of every body that cannot be used. */
  readonly event: RefusedEvent | undefined;

  constructor(statusCode: number, error: string, description: string, event?: RefusedEvent) {
    super(statusCode, { error, error_description: description });
    this.name = 'RegistrationRefusal';
    this.event = event;
  }
}

export const unauthorized = (reason: string): RegistrationRefusal =>
  new RegistrationRefusal(401, 'invalid_token', reason, { error: 'invalid_token', details: { reason } });
export const forbidden = (): RegistrationRefusal =>
  new RegistrationRefusal(403, 'insufficient_scope', 'Forbidden', { error: 'not_allowed' });
export const notFound = (): RegistrationRefusal =>
  new RegistrationRefusal(404, 'invalid_request', 'Client not found', { error: 'client_not_found' });
export const invalidMetadata = (description = 'Client metadata invalid'): RegistrationRefusal =>
  new RegistrationRefusal(400, 'invalid_client_metadata', description);
export const invalidRedirectUri = (description: string): RegistrationRefusal =>
  new RegistrationRefusal(400, 'invalid_redirect_uri', description);
