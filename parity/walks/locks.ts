import type { Talk } from '../talk.ts';
import type { Family, Walk } from '../walk.ts';

const attempt = (talk: Talk, name: string, username: string, password: string) =>
  talk.token(name, { grant_type: 'password', username, password });

const held = async (talk: Talk, name: string, username: string): Promise<void> => {
  await talk.admin(name, 'GET', `/attack-detection/brute-force/users/${await talk.userId(username)}`);
};

/** Fails, looks, is locked, looks, is refused. */
const locked: Walk['run'] = async (talk) => {
  await held(talk, 'nothing held', 'user6');
  await attempt(talk, 'first failure', 'user6', 'wrong');
  await held(talk, 'after one', 'user6');
  await attempt(talk, 'second failure', 'user6', 'wrong');
  await held(talk, 'after two', 'user6');
  await attempt(talk, 'the right one while locked', 'user6', 'password');
  await held(talk, 'after the right one', 'user6');
  await talk.admin('taken back', 'DELETE', `/attack-detection/brute-force/users/${await talk.userId('user6')}`);
  await held(talk, 'after that', 'user6');
};

export const locks: Family = {
  'for a while': { realm: 'parity-guarded', run: locked },
  'for good': {
    realm: 'parity-permanent',
    async run(talk) {
      await locked(talk);
      await talk.admin('the user', 'GET', `/users/${await talk.userId('user6')}`);
      await talk.admin('enabled again', 'PUT', `/users/${await talk.userId('user6')}`, { enabled: true });
      await attempt(talk, 'lets in', 'user6', 'password');
    },
  },
};
