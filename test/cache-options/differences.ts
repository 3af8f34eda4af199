/** Cases in which this server answers otherwise than the original, each with the reason: name of the case -> why. */
export const optionDifferences: Readonly<Record<string, string>> = {
  '--cache-stack=': 'an empty name of a stack is refused as every other empty value is; the original takes it for none',
};
