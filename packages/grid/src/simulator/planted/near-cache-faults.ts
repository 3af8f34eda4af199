import { NearCache } from '../near-cache.ts';

/** Members are told before the change is committed. */
export class InvalidatesBeforeCommit extends NearCache {
  protected override write(key: string): void {
    this.publish(key, (audience) => {
      this.truth.change(
        this.host.name,
        key,
        this.host.guarded((change) => {
          if (change !== undefined) this.acknowledged(key, change.version, audience);
        }),
      );
    });
  }
}

/** What was cached before an isolation is shown after it. */
export class KeepsCacheAfterIsolation extends NearCache {
  #lapsing = false;

  override lapsed(): void {
    this.#lapsing = true;
    super.lapsed();
    this.#lapsing = false;
  }

  protected override clear(): void {
    if (!this.#lapsing) super.clear();
  }
}

/** Nobody reads the outbox. */
export class IgnoresOutbox extends NearCache {
  protected override pollOutbox(): void {}
}

/** A load that an invalidation overtook is kept. */
export class KeepsStaleLoads extends NearCache {
  protected override ticket(): string {
    return '';
  }
}
