/** Operations that clients draw from for a register, as often as they stand here: reads most, then those that take a value away. */
export const registerMix = [
  'get',
  'get',
  'get',
  'put',
  'putIfAbsent',
  'replace',
  'remove',
  'getAndRemove',
  'getAndRemove',
  'replaceIfVersion',
  'removeIfVersion',
] as const;
