import { describe } from 'vitest';
import { authenticationSessionsContract, authenticationSessionsTimes } from './authentication-sessions-contract.ts';
import { type StateBedOptions, useBed } from './bed.ts';
import { busContract } from './bus-contract.ts';
import { loginFailuresContract, loginFailuresTimes } from './login-failures-contract.ts';
import { singleUseContract, singleUseTimes } from './single-use-contract.ts';
import { userSessionsContract, userSessionsTimes } from './user-sessions-contract.ts';

/**
 * What the state floor promises to those above it, whatever keeps the state. Each engine runs the whole of it: the embedded grid (faked for
 * the unit tests, real over PostgreSQL), volatile sessions, the database with the grid off, and external engines.
 */
export function describeStateContract(engine: string, options: StateBedOptions): void {
  describe(`state on ${engine}`, () => {
    const bed = useBed(options);
    describe('single-use objects', () => singleUseContract(bed));
    describe('login failures', () => loginFailuresContract(bed));
    describe('authentication sessions', () => authenticationSessionsContract(bed));
    describe('user sessions', () => userSessionsContract(bed));
    // In real time the waits run side by side; a clock that tests move can only serve one after the other.
    const describeTimes = options.realTime ? describe.concurrent : describe;
    describeTimes('as time passes', () => {
      singleUseTimes(bed);
      loginFailuresTimes(bed);
      authenticationSessionsTimes(bed);
      userSessionsTimes(bed);
    });
    describe('invalidations and tasks', () => busContract(bed, options));
  });
}
