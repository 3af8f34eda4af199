export { MemoryAuthority } from './authority/memory.ts';
export { systemTime, type Time } from './facade/time.ts';
export { type GridParts, startGrid } from './grid.ts';
export { freePorts } from './testing/free-ports.ts';
export { MemoryCertificateStore } from './testing/memory-certificate-store.ts';
export { MemoryNetwork } from './transport/memory-network.ts';
