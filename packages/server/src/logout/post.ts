import type { Post } from './call-queue.ts';

/** An application that needs longer is as good as gone. */
const TIMEOUT_MS = 5_000;

/** Posts with the fetch of the runtime: no redirects are followed, and the body of the answer is not read. */
export const post: Post = async ({ url, contentType, body }) => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await answer.body?.cancel();
  return answer.status;
};
