/** One kind of request, or of a few that belong together; `index` counts the calls, so that an operation can spread over users and nodes. */
export interface Operation {
  readonly name: string;
  /** Throws where the answer is not the expected one; resolves with false where there is nothing left to do, which ends the run. */
  run(index: number): Promise<unknown>;
}

/** What a driver asks; sent to worker processes as it is. */
export interface Target {
  /** Base URLs of the nodes; requests go round them. */
  readonly bases: readonly string[];
  readonly realm: string;
  /** Users as `benchUser` numbers them. */
  readonly users: number;
  /** Public clients that the mix logs in at, as `furtherClient` numbers them; 0 = the one confidential client. */
  readonly furtherClients: number;
  /** How sessions come about that other operations need. */
  readonly sessionsBy: 'login' | 'password grant';
  /** 0-based; each worker uses names and users of its own. */
  readonly worker: number;
  readonly workers: number;
}
