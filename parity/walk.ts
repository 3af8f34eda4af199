import type { Talk } from './talk.ts';

/** A scripted conversation; the realm is one of parity/realms.ts. */
export interface Walk {
  readonly realm?: string;
  run(talk: Talk): Promise<void>;
}

/** Walk name -> walk. */
export type Family = Readonly<Record<string, Walk['run'] | Walk>>;
