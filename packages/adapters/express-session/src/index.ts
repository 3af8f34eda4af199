export { GridSessionStore, type GridSessionStoreOptions } from './grid-session-store.ts';
