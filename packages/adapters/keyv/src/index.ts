export { GridStore } from './grid-store.ts';
