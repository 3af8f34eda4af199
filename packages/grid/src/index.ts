export type * from './api.ts';
export { type InspectedCluster, type InspectedMember, inspectCluster } from './authority/inspect.ts';
export { GridError, type GridErrorCode, gridErrors } from './errors.ts';
export { type FigureDeclaration, type GridFigure, gridFigures } from './figures.ts';
export { Grid } from './grid.ts';
export { type GridLogCode, gridLogCodes, type LogCode } from './log-codes.ts';
export { PROTOCOL_VERSION } from './protocol/types.ts';
export { type PlaceLevel, type Spread, spreadOf } from './table/spread.ts';
