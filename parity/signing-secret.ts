/** Secret of the client of the walks that signs with it. */
export const SIGNING_SECRET = 'a-secret-that-is-long-enough-for-every-hash-0123456789-0123456789';
