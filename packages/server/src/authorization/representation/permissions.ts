import type { ScopeBook } from '../../cache/authorization-directory.ts';
import type { Decision } from '../evaluation/decide.ts';

/** A granted permission as tokens and answers carry it (UMA 2.0 Grant section 3.3.5 leaves the form to the server; the names are Keycloak's). */
export interface Permission {
  readonly scopes?: readonly string[];
  readonly claims?: Readonly<Record<string, readonly string[]>>;
  readonly rsid?: string;
  readonly rsname?: string;
}

export interface PermissionForm {
  /** Whether the names of resources are shown. */
  readonly names?: boolean | undefined;
  /** What the client pushed. */
  readonly claims?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** What was granted, of a list of decisions. */
export function permissionsOf(decisions: readonly Decision[], scopes: ScopeBook, form: PermissionForm = {}): readonly Permission[] {
  const { names = true, claims = {} } = form;
  return decisions.flatMap(({ granted, scopeIds, wish: { resource } }) => {
    if (!granted) return [];
    const granting = scopeIds.flatMap((id) => scopes.byId.get(id)?.name ?? []);
    return [
      {
        ...(granting.length === 0 ? {} : { scopes: granting }),
        ...(Object.keys(claims).length === 0 ? {} : { claims }),
        ...(resource === undefined ? {} : { rsid: resource.id }),
        ...(resource === undefined || !names ? {} : { rsname: resource.name }),
      },
    ];
  });
}
