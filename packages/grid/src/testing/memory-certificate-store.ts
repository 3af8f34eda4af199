import type { CertificateStore } from '../api.ts';

/** A certificate store of one process, for tests. */
export class MemoryCertificateStore implements CertificateStore {
  readonly #values = new Map<string, { value: string; version: number }>();

  async get(key: string): Promise<{ value: string; version: number } | undefined> {
    return this.#values.get(key);
  }

  async insert(key: string, value: string): Promise<boolean> {
    if (this.#values.has(key)) return false;
    this.#values.set(key, { value, version: 1 });
    return true;
  }

  async replace(key: string, value: string, version: number): Promise<boolean> {
    if (this.#values.get(key)?.version !== version) return false;
    this.#values.set(key, { value, version: version + 1 });
    return true;
  }

  async remove(key: string, version: number): Promise<boolean> {
    return this.#values.get(key)?.version === version && this.#values.delete(key);
  }
}
