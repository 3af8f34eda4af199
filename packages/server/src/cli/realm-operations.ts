/** What became of a realm of an import. */
export interface ImportedRealm {
  readonly realm: string;
  readonly outcome: 'imported' | 'replaced' | 'skipped';
}

export interface ExportedRealm {
  readonly realm: string;
  /** Files that were written. */
  readonly files: readonly string[];
}

/** Where an import reads and an export writes; one of the two. */
export type TransferPlace = { readonly directory: string } | { readonly file: string };

export type UsersStrategy = 'skip' | 'realm_file' | 'same_file' | 'different_files';

/** Work on realms without a running server; open on one database until it is disposed. */
export interface RealmOperations extends AsyncDisposable {
  importRealms(place: TransferPlace, override: boolean): Promise<readonly ImportedRealm[]>;
  exportRealms(
    place: TransferPlace,
    options: { realm?: string | undefined; users: UsersStrategy; usersPerFile: number },
  ): Promise<readonly ExportedRealm[]>;
  /** Makes an administrator of the master realm; rejects if the name is taken. */
  bootstrapAdminUser(username: string, password: string): Promise<void>;
  /** Makes a service account that administers; rejects if the client id is taken. */
  bootstrapAdminService(clientId: string, clientSecret: string): Promise<void>;
}
