import { Redis } from 'ioredis';
import type { Adapter, AdapterPayload } from 'oidc-provider';

const PREFIX = 'oidc-bench';

/** One string an artefact and one set a grant, as the peer's own example keeps them. */
export function redisAdapter(url: string): (model: string) => Adapter {
  const redis = new Redis(url, { lazyConnect: false });
  return (model) => {
    const key = (id: string): string => `${PREFIX}:${model}:${id}`;
    const read = async (at: string | null): Promise<AdapterPayload | undefined> => {
      const stored = at === null ? null : await redis.get(at);
      return stored === null ? undefined : (JSON.parse(stored) as AdapterPayload);
    };
    return {
      upsert: async (id, payload, expiresIn) => {
        const pipeline = redis.multi().set(key(id), JSON.stringify(payload));
        if (expiresIn !== undefined) pipeline.expire(key(id), expiresIn);
        if (payload.grantId !== undefined) {
          pipeline.rpush(`${PREFIX}:grant:${payload.grantId}`, key(id));
          if (expiresIn !== undefined) pipeline.expire(`${PREFIX}:grant:${payload.grantId}`, expiresIn);
        }
        if (payload.uid !== undefined) pipeline.set(`${PREFIX}:uid:${payload.uid}`, key(id), 'EX', expiresIn ?? 3_600);
        if (payload.userCode !== undefined) pipeline.set(`${PREFIX}:code:${payload.userCode}`, key(id), 'EX', expiresIn ?? 3_600);
        await pipeline.exec();
      },
      find: (id) => read(key(id)),
      findByUid: async (uid) => read(await redis.get(`${PREFIX}:uid:${uid}`)),
      findByUserCode: async (code) => read(await redis.get(`${PREFIX}:code:${code}`)),
      consume: async (id) => {
        const payload = await read(key(id));
        if (payload !== undefined)
          await redis.set(key(id), JSON.stringify({ ...payload, consumed: Math.floor(Date.now() / 1_000) }), 'KEEPTTL');
      },
      destroy: async (id) => {
        await redis.del(key(id));
      },
      revokeByGrantId: async (grantId) => {
        const members = await redis.lrange(`${PREFIX}:grant:${grantId}`, 0, -1);
        await redis.del(`${PREFIX}:grant:${grantId}`, ...members);
      },
    };
  };
}
