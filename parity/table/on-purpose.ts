/** Checks that this server fails on purpose: check name -> what it does instead, and why that is better. */
export const onPurpose: Readonly<Record<string, string>> = {};
