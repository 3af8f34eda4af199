/** What a figure of a member is: a value of now, or a count since its start. */
export interface FigureDeclaration {
  readonly kind: 'gauge' | 'counter';
  readonly meaning: string;
}

/** Every figure of `grid.figures()`; docs/reference/grid.md is made from this table. Those of a transport are there where it has connections. */
export const gridFigures = {
  epoch: { kind: 'gauge', meaning: 'Epoch of the view that is installed here; 0 = none.' },
  members: { kind: 'gauge', meaning: 'Members of that view.' },
  leaseRemainingMs: { kind: 'gauge', meaning: 'How long this member may still answer without hearing from the database or the others.' },
  loopDelayMs: { kind: 'gauge', meaning: 'Longest delay of the event loop in the last 10 to 20 seconds.' },
  authorityRequests: { kind: 'gauge', meaning: 'Statements to the authority under way.' },
  authorityFailures: { kind: 'counter', meaning: 'Statements to the authority that failed.' },
  rejoins: { kind: 'counter', meaning: 'How often this member lost its membership and joined anew.' },
  pendingOperations: { kind: 'gauge', meaning: 'Operations of own callers under way.' },
  pendingWrites: { kind: 'gauge', meaning: 'Writes of which this member is the primary and that wait for acknowledgements.' },
  segmentsToPull: { kind: 'gauge', meaning: 'Segments that are still to be copied to this member.' },
  parked: { kind: 'counter', meaning: 'Requests that came before their epoch was installed here.' },
  parkedNow: { kind: 'gauge', meaning: 'Requests that wait for an epoch, or for a segment to be served.' },
  staleRefusals: { kind: 'counter', meaning: 'Messages of an older epoch that were refused.' },
  retriesAnswered: { kind: 'counter', meaning: 'Repeated operations that were answered from their recorded result.' },
  operationsResent: { kind: 'counter', meaning: 'Operations of own callers that were sent again.' },
  writesResent: { kind: 'counter', meaning: 'Writes that were sent to a backup again.' },
  messagesOverloaded: { kind: 'counter', meaning: 'Messages that were not sent because the queue to their receiver was full.' },
  transferredRecords: { kind: 'counter', meaning: 'Records that were copied to this member when segments moved.' },
  expired: { kind: 'counter', meaning: 'Entries that this member removed at the end of their time.' },
  evicted: { kind: 'counter', meaning: 'Entries that were evicted to keep a bound.' },
  undone: { kind: 'counter', meaning: 'Writes that were undone because another member became primary before they were committed.' },
  certificateExpirySeconds: { kind: 'gauge', meaning: 'Time until the certificate of the transport ends.' },
  certificateRotations: { kind: 'counter', meaning: 'How often this member took over a new certificate.' },
  certificateRotationFailures: { kind: 'counter', meaning: 'Steps of a rotation that failed and are tried again.' },
  discoveryRounds: { kind: 'counter', meaning: 'How often the discovery was asked.' },
  discoveryFailures: { kind: 'counter', meaning: 'How often it failed.' },
  discoveryFound: { kind: 'gauge', meaning: 'Addresses that it found last.' },
  discoveryWorking: { kind: 'gauge', meaning: '1 while it answers.' },
  connections: { kind: 'gauge', meaning: 'Connections to other members, two a pair.' },
  queueBytes: { kind: 'gauge', meaning: 'Bytes that wait to be sent.' },
  halfOpenConnections: { kind: 'gauge', meaning: 'Connections that have not said who they are.' },
  connectionsRejected: { kind: 'counter', meaning: 'Connections of strangers that were closed.' },
  framesSent: { kind: 'counter', meaning: 'Frames sent.' },
  framesReceived: { kind: 'counter', meaning: 'Frames received.' },
  bytesSent: { kind: 'counter', meaning: 'Bytes sent, before encryption.' },
  bytesReceived: { kind: 'counter', meaning: 'Bytes received, after decryption.' },
  blockings: { kind: 'counter', meaning: 'How often a receiver could not follow and its sender had to wait.' },
  blockedMs: { kind: 'counter', meaning: 'For how long in all.' },
} as const satisfies Readonly<Record<string, FigureDeclaration>>;

export type GridFigure = keyof typeof gridFigures;
