import type { FastifyInstance } from 'fastify';
import { type Device, readDeviceNote } from '../authentication/device-note.ts';
import type { ServerContext } from '../context.ts';
import type { Representation } from '../realm/fields.ts';
import { type AccountCall, accountRoutes } from './account-route.ts';
import { type ListedSession, sessionToRepresentation } from './session-representation.ts';

/** The devices that a person is logged in from, with their sessions. */
export function registerDevices(app: FastifyInstance, context: ServerContext): void {
  const declare = accountRoutes(app, context);
  declare('GET', '/sessions/devices', ['view-profile'], async (call) => {
    const sessions = await context.state.userSessions.ofUser(call.realm, call.bearer.user.id, false);
    const byDevice = new Map<string, { device: Device; listed: ListedSession[] }>();
    for (const listed of sessions) {
      const device = readDeviceNote(listed.session.notes);
      const key = `${device.os} ${device.osVersion} ${device.device}`;
      const known = byDevice.get(key);
      if (known === undefined) byDevice.set(key, { device, listed: [listed] });
      else known.listed.push(listed);
    }
    return Promise.all([...byDevice.values()].map(({ device, listed }) => deviceToRepresentation(call, device, listed)));
  });
}

async function deviceToRepresentation(call: AccountCall, device: Device, listed: readonly ListedSession[]): Promise<Representation> {
  const sessions = await Promise.all(listed.map((one) => sessionOfDevice(call, one)));
  return {
    os: device.os,
    osVersion: device.osVersion,
    device: device.device,
    lastAccess: Math.max(...listed.map(({ session }) => session.lastSessionRefresh)),
    ...(sessions.some((session) => session['current'] === true) ? { current: true } : {}),
    sessions,
    mobile: device.mobile,
  };
}

/** As the list of sessions shows it, with what only the list of devices tells. */
async function sessionOfDevice(call: AccountCall, listed: ListedSession): Promise<Representation> {
  const { clients, ...shown } = await sessionToRepresentation(call, listed);
  return {
    ...shown,
    clients: clients.map((client) => ({ ...client, userConsentRequired: false, inUse: false, offlineAccess: false })),
    browser: readDeviceNote(listed.session.notes).browser,
  };
}
