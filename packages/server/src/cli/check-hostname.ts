import type { Configuration } from '../config/configuration.ts';
import { StartError } from './start-error.ts';

const PLAIN_HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]+\]?)$/;

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

/** The decision on names that production demands, and the form of what was given. As in Keycloak these fail the start (exit 1), not the validation. */
export function checkHostname(configuration: Configuration): void {
  const hostname = configuration.get('hostname');
  const admin = configuration.get('hostname-admin');
  if (hostname === undefined && (configuration.get('hostname-strict') ?? true)) {
    throw new StartError('hostname is not configured; either configure hostname, or set hostname-strict to false');
  }
  if (hostname !== undefined && !isHttpUrl(hostname) && !PLAIN_HOST.test(hostname)) {
    throw new StartError(`Provided hostname is neither a plain hostname nor a valid URL: ${hostname}`);
  }
  if (admin !== undefined && !isHttpUrl(admin)) throw new StartError(`Provided hostname-admin is not a valid URL: ${admin}`);
  if (admin !== undefined && (hostname === undefined || !isHttpUrl(hostname))) {
    throw new StartError('hostname must be set to a URL when hostname-admin is set');
  }
}
