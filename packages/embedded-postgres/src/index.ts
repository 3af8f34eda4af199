export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode, embeddedPostgresErrors } from './errors.ts';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, removeEmbeddedPostgres, startEmbeddedPostgres } from './start.ts';
