import { addClaim } from './claim-value.ts';
import { ALL_TARGETS, type ProtocolMapperKind } from './mapper.ts';

/** A note of the user session as a claim: `auth_time`, the client's address of a service account, … */
export const sessionNoteMapper: ProtocolMapperKind = {
  id: 'oidc-usersessionmodel-note-mapper',
  targets: ALL_TARGETS,
  stage: 'claims',
  userinfoOnlyByName: true,
  apply(claims, input, config) {
    const note = input.sessionNotes[config['user.session.note'] ?? ''];
    if (note !== undefined && note !== '') addClaim(claims, config, note);
  },
};
