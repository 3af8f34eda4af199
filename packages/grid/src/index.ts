export type * from './api.ts';
export { GridError, type GridErrorCode, gridErrors } from './errors.ts';
export { Grid } from './grid.ts';
