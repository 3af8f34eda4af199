import { LEVEL_OF_AUTHENTICATION_NOTE, SSO_AUTH_NOTE } from '../session-notes.ts';
import { type MapperInput, type ProtocolMapperKind, TOKEN_TARGETS } from './mapper.ts';

/** `acr`: the level the user reached, by its name in the client's or realm's `acr.loa.map`; without levels 1, or 0 after single sign-on by cookie. */
export const acrMapper: ProtocolMapperKind = {
  id: 'oidc-acr-mapper',
  targets: TOKEN_TARGETS,
  stage: 'claims',
  apply(claims, input) {
    claims['acr'] = acrOf(input);
  },
};

function acrOf(input: MapperInput): string {
  const level = input.clientSession?.notes[LEVEL_OF_AUTHENTICATION_NOTE];
  if (level === undefined || !/^\d+$/.test(level)) return input.clientSession?.notes[SSO_AUTH_NOTE] === 'true' ? '0' : '1';
  const names = input.client.attributes['acr.loa.map'] ?? input.realm.attributes['acr.loa.map'] ?? '{}';
  return nameOfLevel(names, Number(level)) ?? level;
}

function nameOfLevel(json: string, level: number): string | undefined {
  try {
    const map: unknown = JSON.parse(json);
    if (typeof map !== 'object' || map === null) return undefined;
    return Object.entries(map).find(([, value]) => Number(value) === level)?.[0];
  } catch {
    return undefined;
  }
}
