import type { DecisionStrategy } from '../../model/index.ts';

/** Whether answers together grant: none against it, at least one for it, or more for than against. */
export function join(strategy: DecisionStrategy, answers: readonly ('PERMIT' | 'DENY')[]): boolean {
  const grants = answers.filter((answer) => answer === 'PERMIT').length;
  if (strategy === 'AFFIRMATIVE') return grants > 0;
  if (strategy === 'CONSENSUS') return grants > answers.length - grants;
  return grants === answers.length;
}
