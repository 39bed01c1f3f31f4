import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the control plane tells of itself. No label has an id in it. */
export interface Metrics {
  /** One management call. @param route its path with parameter names */
  called(method: string, route: string, status: number, seconds: number): void;
  /** A saved config did not open when gateways were to be told of it. */
  foundUnreadableConfig(): void;
  expose(): Promise<{ contentType: string; text: string }>;
}

export interface MetricSources {
  watchers(): number;
  /** Sealed configs that wait for their keys. */
  withheldConfigs(): number;
  /** Unix milliseconds. */
  certificateNotAfterMs(): number | undefined;
}

export const createMetrics = (sources: MetricSources): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    name: 'portolan_management_calls_total',
    help: 'Management calls by route and status.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'portolan_management_call_seconds',
    help: 'How long management calls took.',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [registry],
  });
  new Gauge({
    name: 'portolan_gateway_watchers',
    help: 'Gateways that are told of changes.',
    registers: [registry],
    collect() {
      this.set(sources.watchers());
    },
  });
  new Gauge({
    name: 'portolan_configs_withheld',
    help: 'Sealed configs that gateways are not told of, as the vault has not given their keys.',
    registers: [registry],
    collect() {
      this.set(sources.withheldConfigs());
    },
  });
  const unreadable = new Counter({
    name: 'portolan_configs_unreadable_total',
    help: 'Times a saved config did not open when gateways were to be told of it.',
    registers: [registry],
  });
  new Gauge({
    name: 'portolan_cert_not_after_seconds',
    help: 'When the own certificate ends, Unix seconds; 0 without certificates.',
    registers: [registry],
    collect() {
      this.set((sources.certificateNotAfterMs() ?? 0) / 1_000);
    },
  });
  return {
    called: (method, route, status, seconds) => {
      calls.inc({ method, route, status });
      duration.observe({ method, route }, seconds);
    },
    foundUnreadableConfig: () => unreadable.inc(),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
};
