/** Every way in which the embedded database can refuse to start: code -> what it means and what to do. */
export const embeddedPostgresErrors = {
  KE_NO_BINARIES: {
    meaning: 'There are no PostgreSQL binaries for this platform among the installed packages.',
    remedy: 'Install with optional dependencies, or use a PostgreSQL server of your own.',
  },
  KE_BINARIES_UNUSABLE: {
    meaning: 'The PostgreSQL binaries of the package do not run here.',
    remedy: 'The message holds what they said; use a PostgreSQL server of your own if it cannot be mended.',
  },
  KE_BAD_DATA_FOLDER: {
    meaning: 'The data folder holds something that this PostgreSQL cannot use.',
    remedy: 'Choose another folder, or remove the one named to begin anew.',
  },
  KE_FOLDER_IN_USE: { meaning: 'Another process uses the data folder.', remedy: 'Stop that process, or choose another folder.' },
  KE_STALE_PID_FILE: {
    meaning: 'The data folder names a running process that does not answer as its database.',
    remedy: 'If that process is no PostgreSQL, delete the pid file named.',
  },
  KE_PORT_TAKEN: { meaning: 'The port is in use.', remedy: 'Choose another port, or none to have a free one taken.' },
  KE_START_FAILED: { meaning: 'PostgreSQL started and ended again.', remedy: 'The message holds the end of its log.' },
  KE_BAD_NAME: { meaning: 'The database name cannot be used.', remedy: 'Use lower-case letters, digits and underscores, at most 63.' },
} as const;

export type EmbeddedPostgresErrorCode = keyof typeof embeddedPostgresErrors;

/** An error of the catalogue; the message names the path or value and the way out. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
  }
}
