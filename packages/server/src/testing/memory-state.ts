import type { Changes, State } from '../cache/contracts.ts';
import type { Clock } from '../model/clock.ts';
import { memoryAuthenticationSessions, memoryLoginFailures } from './memory-authentication-sessions.ts';
import { type DirectoryData, emptyDirectoryData, memoryDirectory } from './memory-directory.ts';
import { memorySingleUseObjects } from './memory-single-use-objects.ts';
import { memoryUserSessions } from './memory-user-sessions.ts';

/** The whole of `State` in memory, for tests of what stands on it. `data` is what the directory reads. */
export interface MemoryState extends State {
  readonly data: DirectoryData;
}

/** `changes` is for tests that write; without it a write is an error of the test. */
export function memoryState(clock: Clock, options: { readonly changes?: Changes } = {}): MemoryState {
  const data = emptyDirectoryData();
  return {
    data,
    directory: memoryDirectory(data),
    changes: options.changes ?? {
      write: async () => {
        throw new Error('this test has no stores to write to');
      },
      clear: async () => undefined,
    },
    authenticationSessions: memoryAuthenticationSessions(clock),
    userSessions: memoryUserSessions(clock),
    singleUseObjects: memorySingleUseObjects(clock),
    loginFailures: memoryLoginFailures(clock),
  };
}
