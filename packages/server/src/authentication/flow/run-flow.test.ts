import { describe, expect, it } from 'vitest';
import type { AuthenticationExecution, AuthenticationFlow, RealmAuthentication, Requirement } from '../../model/index.ts';
import { runFlow, type StepVerdict } from './run-flow.ts';

type Part = readonly [Requirement, string | readonly Part[]];

/** Builds a flow with its sub-flows; steps are named by their authenticator, conditions are real ones. */
function build(parts: readonly Part[]): { authentication: RealmAuthentication; flow: AuthenticationFlow } {
  const flows: AuthenticationFlow[] = [];
  const make = (inside: readonly Part[]): AuthenticationFlow => {
    const executions = inside.map(([requirement, what], index): AuthenticationExecution => {
      const step = { id: typeof what === 'string' ? what : `flow-${index}`, requirement, priority: index };
      return typeof what === 'string' ? { ...step, authenticator: what } : { ...step, flowId: make(what).id };
    });
    const flow = {
      id: `f${flows.length}`,
      alias: `f${flows.length}`,
      providerId: 'basic-flow',
      topLevel: false,
      builtIn: false,
      executions,
    };
    flows.push(flow);
    return flow;
  };
  const flow = make(parts);
  return { flow, authentication: { flows, configs: [], requiredActions: [] } };
}

const condition = 'conditional-user-role';

/** What comes of the flow where each step gives what the table says; also which steps ran. */
async function run(parts: readonly Part[], outcomes: Readonly<Record<string, StepVerdict['kind'] | boolean>>) {
  const { authentication, flow } = build(parts);
  const ran: string[] = [];
  const verdict = await runFlow(authentication, flow, {
    async run(execution) {
      ran.push(execution.id);
      const kind = outcomes[execution.id] ?? 'success';
      if (kind === 'challenge') return { kind, execution };
      return kind === 'denied' ? { kind, message: 'm', error: 'e' } : { kind: kind as 'success' | 'attempted' };
    },
    isMet: async (execution) => outcomes[execution.id] === true,
  });
  return [verdict.kind, ran] as const;
}

describe('a flow', () => {
  it('takes required steps one after the other and stops where one wants something', async () => {
    const parts: Part[] = [
      ['REQUIRED', 'a'],
      ['REQUIRED', 'b'],
      ['REQUIRED', 'c'],
    ];
    expect(await run(parts, {})).toEqual(['success', ['a', 'b', 'c']]);
    expect(await run(parts, { b: 'challenge' })).toEqual(['challenge', ['a', 'b']]);
    expect(await run(parts, { b: 'denied' })).toEqual(['denied', ['a', 'b']]);
    expect(await run(parts, { b: 'attempted' })).toEqual(['attempted', ['a', 'b']]);
  });

  it('goes through alternatives until one holds', async () => {
    const parts: Part[] = [
      ['ALTERNATIVE', 'a'],
      ['DISABLED', 'b'],
      ['ALTERNATIVE', [['REQUIRED', 'c']]],
    ];
    expect(await run(parts, {})).toEqual(['success', ['a']]);
    expect(await run(parts, { a: 'attempted' })).toEqual(['success', ['a', 'c']]);
    expect(await run(parts, { a: 'attempted', c: 'attempted' })).toEqual(['attempted', ['a', 'c']]);
  });

  it('forgets alternatives beside a required step', async () => {
    expect(
      await run(
        [
          ['ALTERNATIVE', 'a'],
          ['REQUIRED', 'b'],
        ],
        {},
      ),
    ).toEqual(['success', ['b']]);
  });

  it('enters a conditional sub-flow where all its conditions hold', async () => {
    const parts: Part[] = [
      ['REQUIRED', 'a'],
      [
        'CONDITIONAL',
        [
          ['REQUIRED', condition],
          ['REQUIRED', 'b'],
        ],
      ],
    ];
    expect(await run(parts, {})).toEqual(['success', ['a']]);
    expect(await run(parts, { [condition]: true })).toEqual(['success', ['a', 'b']]);
    expect(
      await run(
        [
          [
            'CONDITIONAL',
            [
              ['DISABLED', condition],
              ['REQUIRED', 'b'],
            ],
          ],
        ],
        { [condition]: true },
      ),
    ).toEqual(['attempted', []]);
  });

  it('asks a condition after the steps before it', async () => {
    const [kind, ran] = await run(
      [
        ['REQUIRED', 'a'],
        [
          'CONDITIONAL',
          [
            ['REQUIRED', condition],
            ['REQUIRED', 'b'],
          ],
        ],
      ],
      {
        a: 'challenge',
        get [condition](): boolean {
          throw new Error('asked too early');
        },
      },
    );
    expect([kind, ran]).toEqual(['challenge', ['a']]);
  });

  it('with nothing in it lets nobody through', async () => {
    expect(await run([], {})).toEqual(['attempted', []]);
  });
});
