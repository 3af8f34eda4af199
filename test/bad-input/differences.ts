import type { Outcome } from './case.ts';

/** A case that is answered otherwise than by the original, on purpose. */
export interface Difference {
  readonly outcome: Outcome;
  readonly reason: string;
}

const noNul = 'A NUL character is refused as malformed before anything looks at the value.';
const serverFault = 'The original fails with 500; bad input is not a fault of the server.';

/** Case id -> what this server answers, and why. docs/differences.md is made from this table. */
export const differences: Readonly<Record<string, Difference>> = {
  'token: password | wrong encoding | a zero byte in the user name': {
    outcome: { status: 400, error: 'invalid_request' },
    reason: serverFault,
  },
  'token: client credentials | wrong encoding | a broken percent escape': {
    outcome: { status: 400, error: 'invalid_request' },
    reason: serverFault,
  },
  'admin clients | bad JSON | an empty body': { outcome: { status: 400, error: 'invalid_request' }, reason: serverFault },
  'admin clients | oversized value | a name of 5,000 characters': { outcome: { status: 400, error: 'errorMessage' }, reason: serverFault },
  'admin users | bad JSON | an empty body': { outcome: { status: 400, error: 'invalid_request' }, reason: serverFault },
  'admin roles | bad JSON | an empty body': { outcome: { status: 400, error: 'invalid_request' }, reason: serverFault },
  'admin roles | oversized value | a name of 5,000 characters': { outcome: { status: 400, error: 'errorMessage' }, reason: serverFault },
  'token: code | wrong encoding | a broken percent escape in the token': {
    outcome: { status: 400, error: 'invalid_request' },
    reason: serverFault,
  },
  'token: refresh | wrong encoding | a broken percent escape in the token': {
    outcome: { status: 400, error: 'invalid_request' },
    reason: serverFault,
  },
  'introspect | wrong encoding | a broken percent escape in the token': {
    outcome: { status: 400, error: 'invalid_request' },
    reason: serverFault,
  },
  'revoke | wrong encoding | a broken percent escape in the token': {
    outcome: { status: 400, error: 'invalid_request' },
    reason: serverFault,
  },
  'logout | wrong encoding | a broken percent escape in the token': {
    outcome: { status: 400, error: 'invalid_request' },
    reason: serverFault,
  },
  'auth | wrong redirect URI | a trailing newline': {
    outcome: { status: 400, error: 'page' },
    reason: 'A redirect URI with a control character in it is not one that a client registered, and it ends in a header.',
  },
  'token: code | wrong encoding | a zero byte in the token': { outcome: { status: 400, error: 'invalid_request' }, reason: noNul },
  'token: refresh | wrong encoding | a zero byte in the token': { outcome: { status: 400, error: 'invalid_request' }, reason: noNul },
  'introspect | wrong encoding | a zero byte in the token': { outcome: { status: 400, error: 'invalid_request' }, reason: noNul },
  'revoke | wrong encoding | a zero byte in the token': { outcome: { status: 400, error: 'invalid_request' }, reason: noNul },
};
