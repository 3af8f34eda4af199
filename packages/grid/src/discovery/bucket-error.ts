import { GridError } from '../errors.ts';

const away = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE']);
const noBucket = new Set(['NoSuchBucket', 'ContainerNotFound', 'notFound']);
const clock = new Set(['RequestTimeTooSkewed', 'RequestExpired']);
const refused = new Set([
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'AuthenticationFailed',
  'AuthorizationFailure',
  'AuthorizationPermissionMismatch',
  'InvalidAuthenticationInfo',
  'CredentialsProviderError',
  'ExpiredToken',
  'InvalidToken',
]);
const maxTextLength = 200;
const refusal = 'refuses the credentials of this node';
const absence = 'does not exist';

/** The words that vendors use for the same thing. */
interface VendorError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly Code?: unknown;
  readonly message?: unknown;
  readonly statusCode?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
  readonly details?: { readonly errorCode?: unknown };
  readonly errors?: unknown;
  readonly cause?: unknown;
}

function wordsOf(error: VendorError): string[] {
  const nested = Array.isArray(error.errors) ? (error.errors as readonly VendorError[]) : [];
  const inner = typeof error.cause === 'object' && error.cause !== null ? wordsOf(error.cause as VendorError) : [];
  return [error.details?.errorCode, error.Code, error.code, error.name, ...nested.map((each) => each.code)].map(String).concat(inner);
}

function statusOf({ statusCode, $metadata, code }: VendorError): number {
  return Number(statusCode ?? $metadata?.httpStatusCode ?? (typeof code === 'number' ? code : Number.NaN));
}

/** Whether an error of `bucketError` is about credentials. */
export function saysRefused(error: GridError): boolean {
  return error.message.includes(refusal);
}

/** Whether an error of `bucketError` says that the place is not there. */
export function saysMissing(error: unknown): boolean {
  return error instanceof GridError && error.message.includes(absence);
}

/** What went wrong with an object store, in the same words for all vendors. Keys and signatures are never part of it. */
export function bucketError(place: string, error: unknown): GridError {
  if (error instanceof GridError) return error;
  const vendor = (typeof error === 'object' && error !== null ? error : { message: String(error) }) as VendorError;
  const words = wordsOf(vendor);
  const status = statusOf(vendor);
  const word = (known: ReadonlySet<string>): string | undefined => words.find((each) => known.has(each));
  const fail = (text: string): GridError => new GridError('GRID_DISCOVERY_FAILED', text, { cause: error });
  const skewed = word(clock);
  if (skewed !== undefined) return fail(`${place} refuses the request for its time (${skewed}): set the clock of this machine`);
  const missing = word(noBucket);
  if (missing !== undefined || status === 404) return fail(`${place} ${absence} (${missing ?? status})`);
  const denied = word(refused);
  if (denied !== undefined || status === 401 || status === 403)
    return fail(`${place} ${refusal} (${denied ?? status}), or its clock is wrong`);
  const unreachable = word(away);
  if (unreachable !== undefined) return fail(`${place} cannot be reached (${unreachable})`);
  if (words.includes('AbortError') || words.includes('TimeoutError')) return fail(`${place} does not answer in time`);
  const text = String(vendor.message ?? words[0] ?? '').replaceAll(/\s+/g, ' ');
  return fail(`${place} cannot be used: ${text.slice(0, maxTextLength)}`);
}
