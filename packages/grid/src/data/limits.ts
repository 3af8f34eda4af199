/** Every bound of the data core in one place; each one is asserted where it is used (R1). */
export const limits = {
  /** UTF-16 units. */
  maxKeyLength: 1_024,
  maxValueBytes: 512 * 1_024,
  maxCaches: 256,
  /** Operations of this member's own callers under way. */
  maxOutstanding: 32_768,
  /** Writes that wait for acknowledgements at a primary. */
  maxPendingWrites: 32_768,
  /** Requests that wait for an epoch or for a segment to be served. */
  maxParked: 16_384,
  /** Result records of one origin in one segment. */
  maxRecordsPerOrigin: 32_768,
  attemptMs: 3_000,
  operationMs: 10_000,
  /** First wait after a refusal; doubles up to the second value. */
  retryMs: 20,
  maxRetryMs: 500,
  /** Unacknowledged replication, tail questions and topic messages are sent again after this time. */
  resendMs: 500,
  /** Writes sent to one backup again in one go. */
  maxResend: 512,
  transferFrameBytes: 64 * 1_024,
  transferFrameRecords: 512,
  /** Segments that one receiver pulls at a time, and frames that each may have under way: together its total window. */
  maxPulls: 4,
  framesPerPull: 2,
  /** Streams that one source serves at a time. */
  maxStreams: 64,
  pullStallMs: 2_000,
  /** Touches that overtook their entries, in one segment that is being pulled. */
  maxEarlyTouches: 16_384,
  /** Entries looked at for expiry in one tick. */
  expiryBudget: 4_000,
  /** Shortest time between two expiry scans of one segment. */
  expiryScanMs: 200,
  /** Entries looked at in one tick for values that hold more memory than they need. */
  compactionBudget: 4_000,
  scanBytes: 64 * 1_024,
  maxScan: 1_000,
  /** Segments of this member of which iterations keep the order of keys. */
  maxScanOrders: 64,
  /** Segments that one iteration asks at a time while they turn out nearly empty. */
  scanAhead: 32,
  /** Loads of one cache under way on this member. */
  maxLoads: 16_384,
  maxTopics: 256,
  /** Messages of one topic that wait for acknowledgements. */
  maxTopicMessages: 1_024,
  topicRetainMs: 10_000,
} as const;
