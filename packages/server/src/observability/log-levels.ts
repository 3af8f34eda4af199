import { ConfigurationError } from '../config/configuration-error.ts';
import type { LogLevel } from './logger.ts';

/** Verbosity: a record of rank r passes a threshold t where r <= t. */
export const rankOf: Readonly<Record<string, number>> = {
  off: 0,
  fatal: 1,
  error: 2,
  warn: 3,
  warning: 3,
  info: 4,
  debug: 5,
  trace: 6,
  all: 7,
};

export function levelRank(level: LogLevel): number {
  return rankOf[level] ?? 0;
}

/** Thresholds by category prefix. */
export interface LogThresholds {
  /** The threshold of a category: that of its longest declared prefix (at a dot), else of the root. */
  of(category: string): number;
}

/**
 * Reads option `log-level` (`info,org.keycloak.events:debug`) and the single `log-level-<category>` options, which win. Throws ConfigurationError for
 * anything that is no level.
 */
export function parseLogLevels(text: string, single: ReadonlyMap<string, string> = new Map()): LogThresholds {
  let root = rankOf['info'] ?? 4;
  const byCategory = new Map<string, number>();
  for (const part of text.split(',').map((entry) => entry.trim())) {
    const at = part.indexOf(':');
    const rank = rankOf[part.slice(at + 1).toLowerCase()];
    if (rank === undefined || at === 0) {
      throw new ConfigurationError(`Invalid log category format: ${part}. The format is 'category:level' such as 'org.keycloak:debug'.`);
    }
    if (at < 0) root = rank;
    else byCategory.set(part.slice(0, at), rank);
  }
  for (const [category, level] of single) byCategory.set(category, rankOf[level] ?? root);
  // Variables cannot hold capitals: KC_LOG_LEVEL_ORG_INFINISPAN_CLUSTER arrives in lower case.
  const lower = new Map([...byCategory].map(([category, rank]) => [category.toLowerCase(), rank]));
  return {
    of(category) {
      for (let prefix = category.toLowerCase(); prefix !== ''; prefix = prefix.slice(0, Math.max(prefix.lastIndexOf('.'), 0))) {
        const rank = lower.get(prefix);
        if (rank !== undefined) return rank;
      }
      return root;
    },
  };
}
