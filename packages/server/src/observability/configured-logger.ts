import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { pino } from 'pino';
import type { Configuration } from '../config/configuration.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import { createLogger, type LogOutput } from './create-logger.ts';
import { ecsEncoder, type JsonIdentity, jsonEncoder } from './json-format.ts';
import { parseLogLevels, rankOf } from './log-levels.ts';
import type { LogEncoder } from './log-record.ts';
import type { Logger } from './logger.ts';
import { textEncoder } from './text-format.ts';

const ROOT_CATEGORY = 'org.keycloak';

/** Writes at once. A reader that went away (a closed pipe, a full disk) costs lines, never the server. */
function destination(dest: number | string): { write(line: string): void } {
  const stream = pino.destination({ dest, sync: true, mkdir: true, append: true });
  stream.on('error', () => undefined);
  return stream;
}

function fileDestination(path: string): { write(line: string): void } {
  try {
    return destination(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`The log file ${path} (option 'log-file') cannot be written: ${reason}`);
  }
}

function encoderOf(output: string, jsonFormat: string, pattern: string, colours: boolean, identity: JsonIdentity): LogEncoder {
  if (output === 'json') return jsonFormat === 'ecs' ? ecsEncoder(identity) : jsonEncoder(identity);
  return textEncoder(pattern, colours, identity.hostName);
}

/** The logger that the `log*` options describe. Lines are written before the call returns, so that none is lost at a crash. Throws ConfigurationError. */
export function configuredLogger(configuration: Configuration): Logger {
  const thresholds = parseLogLevels(configuration.get('log-level'), configuration.categoryLevels);
  const identity: JsonIdentity = {
    hostName: hostname(),
    processId: process.pid,
    serviceName: configuration.get('log-service-name'),
    serviceEnvironment: configuration.get('log-service-environment'),
  };
  const outputs: LogOutput[] = [];
  const handlers = configuration.get('log');
  if (handlers.includes('console') || !handlers.includes('file')) {
    const stream = destination(1);
    const colours = configuration.get('log-console-color') ?? process.stdout.isTTY === true;
    outputs.push({
      encode: encoderOf(
        configuration.get('log-console-output'),
        configuration.get('log-console-json-format'),
        configuration.get('log-console-format'),
        colours,
        identity,
      ),
      threshold: rankOf[configuration.get('log-console-level')] ?? 7,
      write: (line) => stream.write(line),
    });
  }
  if (handlers.includes('file')) {
    const stream = fileDestination(resolve(configuration.homeDirectory, configuration.get('log-file')));
    outputs.push({
      encode: encoderOf(
        configuration.get('log-file-output'),
        configuration.get('log-file-json-format'),
        configuration.get('log-file-format'),
        false,
        identity,
      ),
      threshold: rankOf[configuration.get('log-file-level')] ?? 7,
      write: (line) => stream.write(line),
    });
  }
  return createLogger(ROOT_CATEGORY, { thresholds, outputs, nowMs: Date.now });
}
