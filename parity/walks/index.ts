import { adminFamilies } from '../admin-client/index.ts';
import type { Family } from '../walk.ts';
import { actions } from './actions.ts';
import { algorithms } from './algorithms.ts';
import { authorize } from './authorize.ts';
import { brokering } from './brokering.ts';
import { certificates } from './certificates.ts';
import { consent } from './consent.ts';
import { cors } from './cors.ts';
import { documents } from './documents.ts';
import { expiry } from './expiry.ts';
import { extensions } from './extensions.ts';
import { flows } from './flows.ts';
import { grants } from './grants.ts';
import { limits } from './limits.ts';
import { links } from './links.ts';
import { locks } from './locks.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { mappers } from './mappers.ts';
import { notices } from './notices.ts';
import { offline } from './offline.ts';
import { questions } from './questions.ts';
import { refresh } from './refresh.ts';
import { registration } from './registration.ts';
import { sso } from './sso.ts';

/** Family (the name of its file of recorded traces) -> walks. */
export const families: Readonly<Record<string, Family>> = {
  actions,
  algorithms,
  authorize,
  brokering,
  certificates,
  consent,
  cors,
  documents,
  expiry,
  extensions,
  flows,
  grants,
  limits,
  links,
  locks,
  login,
  logout,
  mappers,
  notices,
  offline,
  questions,
  refresh,
  registration,
  sso,
  ...adminFamilies,
};
