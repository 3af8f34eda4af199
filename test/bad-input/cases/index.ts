import type { BadCase } from '../case.ts';
import { adminCases } from './admin.ts';
import { authCases } from './auth.ts';
import { edgeCases } from './edges.ts';
import { loginActionCases } from './login-actions.ts';
import { resourceCases } from './resources.ts';
import { tokenCases } from './token.ts';

/** The whole matrix. */
export const badCases: readonly BadCase[] = [
  ...authCases,
  ...loginActionCases,
  ...tokenCases,
  ...resourceCases,
  ...adminCases,
  ...edgeCases,
];
