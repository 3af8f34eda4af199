/** Hot Rod 3.1: what Infinispan 11 to 16 speak. https://infinispan.org/docs/stable/titles/hotrod_protocol/hotrod_protocol.html */
export const protocolVersion = 31;

export const requestMagic = 0xa0;
export const responseMagic = 0xa1;

/** Operations of requests; the one of the answer is a number higher. */
export const operations = {
  put: 0x01,
  putIfAbsent: 0x05,
  replaceIfUnmodified: 0x09,
  remove: 0x0b,
  removeIfUnmodified: 0x0d,
  ping: 0x17,
  getWithMetadata: 0x1b,
  mechanisms: 0x21,
  authenticate: 0x23,
  addListener: 0x25,
  execute: 0x2b,
  iterationStart: 0x31,
  iterationNext: 0x33,
  iterationEnd: 0x35,
} as const;

export type Operation = (typeof operations)[keyof typeof operations];

export const errorAnswer = 0x50;
/** Events of listeners: created, modified, removed, expired. */
export const isEvent = (code: number): boolean => code >= 0x60 && code <= 0x63;

export const status = {
  done: 0x00,
  /** A condition did not hold. */
  notExecuted: 0x01,
  absent: 0x02,
  /** The answers with a previous value, and those of caches in compatibility form. */
  doneWithPrevious: 0x03,
  notExecutedWithPrevious: 0x04,
} as const;

/** Predefined media type that keys and values are sent as. */
export const textPlain = 13;

/** Times of entries: unit of the lifespan in the upper half, of the idle time in the lower. */
export const milliseconds = 0x10;
export const infiniteIdle = 0x08;
