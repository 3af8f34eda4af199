import { loadOptional } from '../load-optional.ts';
import type { Bucket, BucketEntry } from './bucket.ts';
import { bucketError } from './bucket-error.ts';

export interface AzureOptions {
  readonly account: string;
  /** A secret. */
  readonly accessKey: string;
  readonly container: string;
  /** Default: the account's address at Azure. */
  readonly endpoint?: string | undefined;
}

/** A container of Azure Blob Storage through the vendor's SDK. It is made if it is not there, as the original does. */
export async function openAzureBucket({ account, accessKey, container, endpoint }: AzureOptions): Promise<Bucket> {
  const sdk = await loadOptional('@azure/storage-blob', 'discovery in an Azure container', () => import('@azure/storage-blob'));
  const name = `azure container ${container} of ${account}`;
  const asked = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((error: unknown) => {
      throw bucketError(name, error);
    });
  const service = new sdk.BlobServiceClient(
    endpoint ?? `https://${account}.blob.core.windows.net`,
    new sdk.StorageSharedKeyCredential(account, accessKey),
    { retryOptions: { maxTries: 1 } },
  );
  const client = service.getContainerClient(container);
  return {
    name,
    put: async (key, text, abortSignal) => {
      await asked(client.createIfNotExists({ abortSignal }));
      await asked(client.getBlockBlobClient(key).upload(text, Buffer.byteLength(text), { abortSignal }));
    },
    list: async (prefix, limit, abortSignal) => {
      const entries: BucketEntry[] = [];
      const pages = client.listBlobsFlat({ prefix, abortSignal }).byPage({ maxPageSize: limit });
      const page = await asked(pages.next());
      if (page.done !== true)
        for (const { name: key, properties } of page.value.segment.blobItems)
          entries.push({ key, modifiedMs: properties.lastModified.getTime() });
      return entries;
    },
    remove: async (key, abortSignal) => {
      await asked(client.getBlockBlobClient(key).deleteIfExists({ abortSignal }));
    },
    close: () => {},
  };
}
