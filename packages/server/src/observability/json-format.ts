import { type LogEncoder, THREAD_NAME } from './log-record.ts';

/** What every JSON line says of its process. */
export interface JsonIdentity {
  readonly hostName: string;
  readonly processId: number;
  readonly serviceName: string;
  readonly serviceEnvironment: string | undefined;
}

/** One JSON object a line, with the field names of Keycloak's JSON console output; fields of the record stand in `mdc`. */
export function jsonEncoder(identity: JsonIdentity): LogEncoder {
  let sequence = 0;
  return (record) => {
    sequence += 1;
    const line = {
      timestamp: new Date(record.timeMs).toISOString(),
      sequence,
      loggerClassName: 'keygrid',
      loggerName: record.category,
      level: record.level.toUpperCase(),
      message: record.message,
      threadName: THREAD_NAME,
      threadId: 1,
      mdc: Object.fromEntries(record.fields),
      ndc: '',
      hostName: identity.hostName,
      processName: 'keygrid',
      processId: identity.processId,
      ...(record.stack === undefined ? {} : { stackTrace: record.stack }),
    };
    return `${JSON.stringify(line)}\n`;
  };
}

/** One JSON object a line in the Elastic Common Schema. */
export function ecsEncoder(identity: JsonIdentity): LogEncoder {
  return (record) => {
    const line = {
      '@timestamp': new Date(record.timeMs).toISOString(),
      'ecs.version': '1.12.2',
      'log.level': record.level.toUpperCase(),
      'log.logger': record.category,
      message: record.message,
      'process.thread.name': THREAD_NAME,
      'process.pid': identity.processId,
      'host.hostname': identity.hostName,
      'service.name': identity.serviceName,
      ...(identity.serviceEnvironment === undefined ? {} : { 'service.environment': identity.serviceEnvironment }),
      ...(record.fields.size === 0 ? {} : { labels: Object.fromEntries(record.fields) }),
      ...(record.stack === undefined ? {} : { 'error.stack_trace': record.stack }),
    };
    return `${JSON.stringify(line)}\n`;
  };
}
