/** Calls of the client that no walk makes, with the reason: none. */
export const notWalked: Readonly<Record<string, string>> = {};
