import { ConfigurationError } from '../../config/configuration-error.ts';
import type { CommandInput } from '../command.ts';

/** The value of an environment variable that an argument such as `--password:env` names; undefined where the argument is not given. */
export function fromNamedVariable(input: CommandInput, argument: string): string | undefined {
  const variable = input.arguments.get(argument);
  if (typeof variable !== 'string') return undefined;
  const value = input.environment[variable];
  if (value === undefined || value === '')
    throw new ConfigurationError(`Environment variable ${variable} (option '--${argument}') is not set`);
  return value;
}

/** Whether questions may be asked. */
export function mayAsk(input: CommandInput): boolean {
  return input.terminal.interactive && !input.arguments.has('no-prompt');
}

/** A name from an argument or its `:env` form, from a question, or the default. */
export async function nameOf(input: CommandInput, argument: string, question: string, fallback: string): Promise<string> {
  const given = input.arguments.get(argument);
  const variable = fromNamedVariable(input, `${argument}:env`);
  if (typeof given === 'string' && variable !== undefined) {
    throw new ConfigurationError(`Only one of '--${argument}' and '--${argument}:env' may be used`);
  }
  const known = variable ?? (typeof given === 'string' ? given : undefined);
  if (known !== undefined) return known;
  if (!mayAsk(input)) return fallback;
  const answer = (await input.terminal.ask(`${question} [${fallback}]: `, false)).trim();
  return answer === '' ? fallback : answer;
}

/** A secret from the `:env` argument, or typed twice. */
export async function secretOf(input: CommandInput, argument: string, word: string): Promise<string> {
  const known = fromNamedVariable(input, `${argument}:env`);
  if (known !== undefined) return known;
  if (!mayAsk(input)) throw new ConfigurationError(`No ${word} provided`);
  const first = await input.terminal.ask(`Enter ${word}: `, true);
  if (first === '') throw new ConfigurationError(`No ${word} provided`);
  const second = await input.terminal.ask(`Enter ${word} again: `, true);
  if (first !== second) throw new ConfigurationError(`The two entries of the ${word} differ`);
  return first;
}
