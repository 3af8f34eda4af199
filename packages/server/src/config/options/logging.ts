import * as conditions from '../conditions.ts';
import { boolean, choice, file, list, string } from '../kinds.ts';
import { defineOptions } from '../option.ts';

export const logLevels = ['off', 'fatal', 'error', 'warn', 'info', 'debug', 'trace', 'all'] as const;
const level = () => choice('level', logLevels, { ignoreCase: true });
const output = () => choice('output', ['default', 'json']);
const jsonFormat = () => choice('format', ['default', 'ecs']);

/** The parts of a text line: date, level, category, thread, message, error. */
export const defaultLogFormat = '%d{yyyy-MM-dd HH:mm:ss,SSS} %-5p [%c] (%t) %s%e%n';

/** Where log lines go and which ones. */
export const loggingOptions = defineOptions({
  log: {
    kind: list('handler', ['console', 'file', 'syslog']),
    default: 'console',
    inertValues: { syslog: 'there is no syslog handler; a collector can read the console or the file' },
    help: 'Where log lines go: to the console, to a file. Without one of these two, to the console.',
  },
  'log-level': {
    kind: string('category:level'),
    default: 'info',
    help: 'Level of the root category and of others by prefix: info,org.keycloak.events:debug.',
  },
  'log-console-output': {
    kind: output(),
    default: 'default',
    help: 'Text lines or one JSON object a line on the console.',
    condition: conditions.consoleHandler,
  },
  'log-console-level': {
    kind: level(),
    default: 'all',
    help: 'Most verbose level on the console, within log-level.',
    condition: conditions.consoleHandler,
  },
  'log-console-color': {
    kind: boolean(),
    defaultText: 'true on a terminal',
    help: 'Colours on the console.',
    condition: conditions.consoleHandler,
  },
  'log-console-format': {
    kind: string('format'),
    default: defaultLogFormat,
    help: 'Pattern of the text lines on the console: %d date, %p level, %c category, %t thread, %s message, %e error, %n line end.',
    condition: conditions.consoleHandler,
  },
  'log-console-json-format': {
    kind: jsonFormat(),
    default: 'default',
    help: 'Field names of the JSON lines: the usual ones or those of ECS.',
    condition: conditions.consoleHandler,
  },
  'log-file': { kind: file(), default: 'data/log/keycloak.log', help: 'Path of the log file.', condition: conditions.fileHandler },
  'log-file-output': {
    kind: output(),
    default: 'default',
    help: 'Text lines or one JSON object a line in the file.',
    condition: conditions.fileHandler,
  },
  'log-file-level': {
    kind: level(),
    default: 'all',
    help: 'Most verbose level in the file, within log-level.',
    condition: conditions.fileHandler,
  },
  'log-file-format': {
    kind: string('format'),
    default: defaultLogFormat,
    help: 'Pattern of the text lines in the file.',
    condition: conditions.fileHandler,
  },
  'log-file-json-format': {
    kind: jsonFormat(),
    default: 'default',
    help: 'Field names of the JSON lines in the file.',
    condition: conditions.fileHandler,
  },
  'log-service-name': { kind: string('name'), default: 'keycloak', help: 'Field service.name of JSON lines in ECS.' },
  'log-service-environment': { kind: string('environment'), help: 'Field service.environment of JSON lines in ECS.' },
});
