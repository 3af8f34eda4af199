import type { Client, Realm } from '../../model/index.ts';

const DEFAULT_LIFESPAN_SECONDS = 600;
const DEFAULT_INTERVAL_SECONDS = 5;

/** Whether a client may ask for devices (client attribute of Keycloak). */
export function mayUseDevices(client: Client): boolean {
  return client.attributes['oauth2.device.authorization.grant.enabled'] === 'true';
}

/** Seconds that the codes live: the client's choice before the realm's. */
export function deviceCodeSeconds(realm: Realm, client: Client): number {
  return firstPositive(
    client.attributes['oauth2.device.code.lifespan'],
    realm.other['oauth2DeviceCodeLifespan'],
    realm.attributes['oauth2DeviceCodeLifespan'],
    DEFAULT_LIFESPAN_SECONDS,
  );
}

/** Seconds that a device has to wait between two questions. */
export function pollingSeconds(realm: Realm, client: Client): number {
  return firstPositive(
    client.attributes['oauth2.device.polling.interval'],
    realm.other['oauth2DevicePollingInterval'],
    realm.attributes['oauth2DevicePollingInterval'],
    DEFAULT_INTERVAL_SECONDS,
  );
}

function firstPositive(...values: readonly unknown[]): number {
  for (const value of values) {
    const seconds = Number(value);
    if (value !== '' && Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  }
  return DEFAULT_INTERVAL_SECONDS;
}
