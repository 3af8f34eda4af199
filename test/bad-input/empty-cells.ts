import type { Endpoint, Fault } from './case.ts';

const reasons: readonly (readonly [Fault, string, readonly Endpoint[]])[] = [
  ['forged token', 'takes no token', ['token: password', 'discovery and keys']],
  ['expired', 'takes nothing that expires', ['token: password', 'token: client credentials', 'discovery and keys']],
  ['expired', 'the code would have to rest for a minute; the unit tests turn the clock instead', ['token: code']],
  [
    'replayed',
    'may be sent again by its nature',
    [
      'auth',
      'token: password',
      'token: client credentials',
      'userinfo',
      'discovery and keys',
      'admin realms',
      'admin clients',
      'admin users',
      'admin roles',
    ],
  ],
  ['replayed', 'needs a realm with refresh token rotation, see the tests of the refresh grant', ['token: refresh']],
  ['replayed', 'a form that was used starts a new login or says so, see the tests of the login flow', ['login-actions']],
  ['wrong credentials', 'takes no credentials', ['auth', 'discovery and keys']],
  [
    'bad JSON',
    'a JSON body at this endpoint is a case of another fault',
    ['auth', 'login-actions', 'token: password', 'token: client credentials'],
  ],
  ['bad JSON', 'takes no body', ['discovery and keys']],
  [
    'wrong redirect URI',
    'takes no redirect URI',
    [
      'login-actions',
      'token: refresh',
      'token: password',
      'token: client credentials',
      'userinfo',
      'introspect',
      'revoke',
      'discovery and keys',
      'admin realms',
      'admin users',
      'admin roles',
    ],
  ],
  ['wrong method', 'the same address as the client credentials grant', ['token: code', 'token: refresh', 'token: password']],
  [
    'doubled parameter',
    'takes JSON; a doubled member is legal there and the last one counts',
    ['admin realms', 'admin clients', 'admin roles'],
  ],
  ['foreign realm', 'takes nothing of another realm', ['discovery and keys']],
  ['missing parameter', 'takes no parameter', ['discovery and keys']],
  ['wrong type', 'takes no parameter', ['discovery and keys']],
];

/** Cells of the matrix that cannot have a case, each with the reason. */
export const emptyCells: Readonly<Record<string, string>> = Object.fromEntries(
  reasons.flatMap(([fault, reason, endpoints]) => endpoints.map((endpoint) => [`${endpoint} | ${fault}`, reason] as const)),
);
