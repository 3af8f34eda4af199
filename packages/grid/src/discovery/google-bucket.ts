import { loadOptional } from '../load-optional.ts';
import type { Bucket } from './bucket.ts';
import { bucketError, saysMissing, saysRefused } from './bucket-error.ts';

export interface GoogleOptions {
  readonly bucket: string;
  /** Where the bucket is made if it is not there; without one it must be there. */
  readonly project?: string | undefined;
  /** Of a store that speaks the same protocol. */
  readonly endpoint?: string | undefined;
}

/**
 * A bucket of Google Cloud Storage through the vendor's SDK; credentials come from where that looks for them. It is made if it is not there and
 * the project is known; the original makes it in any project that the SDK finds.
 */
export async function openGoogleBucket({ bucket, project, endpoint }: GoogleOptions): Promise<Bucket> {
  const { Storage } = await loadOptional(
    '@google-cloud/storage',
    'discovery in a bucket of Google Cloud',
    () => import('@google-cloud/storage'),
  );
  const name = `google bucket ${bucket}`;
  const open = (): ReturnType<InstanceType<typeof Storage>['bucket']> =>
    new Storage({
      ...(project === undefined ? {} : { projectId: project }),
      ...(endpoint === undefined
        ? {}
        : { apiEndpoint: endpoint, useAuthWithCustomEndpoint: process.env['GOOGLE_APPLICATION_CREDENTIALS'] !== undefined }),
      retryOptions: { autoRetry: false },
      timeout: 4_000,
    }).bucket(bucket);
  let client = open();
  const asked = async <T>(answer: Promise<T>, signal: AbortSignal, place = name): Promise<T> => {
    // This SDK takes no signal: the request is left behind, and ends by its own time limit.
    const { promise, reject } = Promise.withResolvers<never>();
    const abort = (): void => reject(new DOMException('aborted', 'AbortError'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([answer, promise]);
    } catch (error) {
      const said = bucketError(place, error);
      // The SDK keeps the credentials that it found. Whoever mends them finds them used by the next round.
      if (saysRefused(said)) client = open();
      throw said;
    } finally {
      signal.removeEventListener('abort', abort);
      promise.catch(() => {});
    }
  };
  const put = async (key: string, text: string, signal: AbortSignal): Promise<void> => {
    await asked(client.file(key).save(text, { resumable: false, contentType: 'text/plain', validation: 'md5' }), signal);
  };
  const make = async (signal: AbortSignal): Promise<void> => {
    // Not by the client at hand: the SDK's would list at another path afterwards.
    const made = open()
      .create()
      .catch((error: unknown) => {
        // Another starter was first: its bucket is as good.
        if ((error as { readonly code?: unknown }).code !== 409) throw error;
      });
    await asked(made, signal, `${name} does not exist, and making it in project ${project} fails: the store`);
  };
  return {
    name,
    put: async (key, text, signal) => {
      try {
        await put(key, text, signal);
      } catch (error) {
        if (project === undefined || !saysMissing(error)) throw error;
        await make(signal);
        await put(key, text, signal);
      }
    },
    list: async (prefix, limit, signal) => {
      const [files] = await asked(client.getFiles({ prefix, maxResults: limit, autoPaginate: false }), signal);
      return files.map(({ name: key, metadata }) => ({ key, modifiedMs: Date.parse(String(metadata.updated ?? '')) || 0 }));
    },
    remove: async (key, signal) => {
      await asked(client.file(key).delete({ ignoreNotFound: true }), signal);
    },
    close: () => {},
  };
}
