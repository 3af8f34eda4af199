export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode, embeddedPostgresErrors } from './errors.ts';
export { copyAsStandby, type StandbyCopyOptions } from './standby.ts';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, removeEmbeddedPostgres, startEmbeddedPostgres } from './start.ts';
