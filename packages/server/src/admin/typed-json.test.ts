import { describe, expect, it } from 'vitest';
import { ReplyError } from '../http/errors.ts';
import { clientShape, realmShape, roleListShape, roleShape, userShape } from './representation-shapes.ts';
import { readTypedJson, type Shape } from './typed-json.ts';

function refusal(text: string, shape: Shape): unknown {
  try {
    readTypedJson(text, shape);
  } catch (error) {
    if (error instanceof ReplyError) return error.body;
    throw error;
  }
  return 'read';
}
const noJson = { error: 'invalid_request', error_description: 'Cannot parse the JSON' };
const wrongType = { error: 'unknown_error', error_description: 'Cannot parse the JSON' };

describe('a body of JSON', () => {
  it('is read by the shape of its representation, numbers and flags also as texts', () => {
    expect(readTypedJson('{"username":"a","enabled":"true","notBefore":"5","attributes":{"a":["b"]}}', userShape)).toEqual({
      username: 'a',
      enabled: true,
      notBefore: 5,
      attributes: { a: ['b'] },
    });
    expect(readTypedJson('[{"id":"x","name":7}]', roleListShape)).toEqual([{ id: 'x', name: '7' }]);
  });

  it.each(['', '{"a":', 'hello', '{"name":"x"} more', '{"name":"x",}', '{"name":01}', `${'['.repeat(100)}`])(
    'is refused where it is no JSON: %s',
    (text) => {
      expect(refusal(text, { kind: 'any' }) === 'read' ? '' : refusal(text, { kind: 'any' })).toEqual(noJson);
    },
  );

  it('is refused where a value is of another type', () => {
    expect(refusal('[]', clientShape)).toEqual(wrongType);
    expect(refusal('{"id":"x"}', roleListShape)).toEqual(wrongType);
    expect(refusal('{"clientId":{"a":1}}', clientShape)).toEqual(wrongType);
    expect(refusal('{"attributes":"text"}', clientShape)).toEqual(wrongType);
    expect(refusal('{"accessTokenLifespan":"soon"}', realmShape)).toEqual(wrongType);
    expect(refusal('{"enabled":"perhaps"}', userShape)).toEqual(wrongType);
  });

  it('passes over attributes of a user that are none', () => {
    expect(readTypedJson('{"username":"a","attributes":"text"}', userShape)).toEqual({ username: 'a', attributes: null });
  });

  it.each([
    ['{"bogus":1}', realmShape, 'Invalid json representation for RealmRepresentation. Unrecognized field "bogus" at line 1 column 11.'],
    [
      '{"name":"bad-case","bogusField":1}',
      roleShape,
      'Invalid json representation for RoleRepresentation. Unrecognized field "bogusField" at line 1 column 34.',
    ],
    [
      '{"description":"x"}',
      userShape,
      'Invalid json representation for UserRepresentation. Unrecognized field "description" at line 1 column 17.',
    ],
    [
      '{\n "nothing": {"a": 1}}',
      roleShape,
      'Invalid json representation for RoleRepresentation. Unrecognized field "nothing" at line 2 column 14.',
    ],
  ])('is refused with line and column where a field is unknown: %s', (text, shape, error) => {
    expect(refusal(text, shape)).toEqual({ error });
  });

  it('keeps names that mean something to objects as plain fields', () => {
    const read = readTypedJson('{"attributes":{"__proto__":"x"}}', clientShape) as { attributes: object };
    expect(Object.getPrototypeOf(read.attributes)).toBe(Object.prototype);
    expect(Object.entries(read.attributes)).toEqual([['__proto__', 'x']]);
  });
});
