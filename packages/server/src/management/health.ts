/** Names of the readiness checks, as Keycloak spells them. */
export const checkNames = {
  shutdown: 'Graceful Shutdown',
  initialized: 'Keycloak Initialized',
  cluster: 'Keycloak cluster health check',
  database: 'Keycloak database connections async health check',
} as const;

export interface CheckResult {
  readonly up: boolean;
  readonly data?: Readonly<Record<string, string>> | undefined;
}

/** One check; it answers at once from what is known, without asking the database or another node. */
export interface HealthCheck {
  readonly name: string;
  run(): CheckResult | Promise<CheckResult>;
}

export interface HealthReport {
  readonly status: 'UP' | 'DOWN';
  readonly checks: readonly { readonly name: string; readonly status: 'UP' | 'DOWN'; readonly data?: Readonly<Record<string, string>> }[];
}

/** A check that takes longer counts as down. */
export const CHECK_TIMEOUT_MS = 2_000;

async function runCheck(check: HealthCheck): Promise<CheckResult> {
  const { promise, resolve } = Promise.withResolvers<CheckResult>();
  const timer = setTimeout(() => resolve({ up: false, data: { reason: 'timeout' } }), CHECK_TIMEOUT_MS);
  try {
    return await Promise.race([promise, check.run()]);
  } catch {
    return { up: false };
  } finally {
    clearTimeout(timer);
  }
}

/** Runs all checks at once; one that is down, throws or takes too long brings the whole down. */
export async function reportOf(checks: readonly HealthCheck[]): Promise<HealthReport> {
  const results = await Promise.all(
    checks.map(async (check) => {
      const { up, data } = await runCheck(check);
      return { name: check.name, status: up ? ('UP' as const) : ('DOWN' as const), ...(data === undefined ? {} : { data }) };
    }),
  );
  return { status: results.every((result) => result.status === 'UP') ? 'UP' : 'DOWN', checks: results };
}

/** The JSON text, laid out with four blanks as MicroProfile Health's implementations do. */
export function renderReport(report: HealthReport): string {
  return JSON.stringify(report, null, 4).replace('"checks": []', '"checks": [\n    ]');
}
