import type { Family } from '../walk.ts';
import { actions } from './actions.ts';
import { algorithms } from './algorithms.ts';
import { authorize } from './authorize.ts';
import { cors } from './cors.ts';
import { documents } from './documents.ts';
import { expiry } from './expiry.ts';
import { grants } from './grants.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { mappers } from './mappers.ts';
import { offline } from './offline.ts';
import { questions } from './questions.ts';
import { refresh } from './refresh.ts';
import { sso } from './sso.ts';

/** Family (the name of its file of recorded traces) -> walks. */
export const families: Readonly<Record<string, Family>> = {
  actions,
  algorithms,
  authorize,
  cors,
  documents,
  expiry,
  grants,
  login,
  logout,
  mappers,
  offline,
  questions,
  refresh,
  sso,
};
