import type { Time } from '../facade/time.ts';
import { loadOptional } from '../load-optional.ts';
import type { Carrier } from './carrier.ts';

/** Streams over UDP, where the optional package is there. @throws GridError GRID_PACKAGE_MISSING; `purpose` says who needs it. */
export async function openUdxCarrier(purpose: string, time: Time): Promise<Carrier> {
  const { default: Udx } = await loadOptional('udx-native', purpose, () => import('udx-native'));
  const { UdxCarrier } = await import('./udx-carrier.ts');
  return new UdxCarrier(new Udx(), time);
}
