import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What operators watch. Labels come from small closed sets only: never ids, never model names or metadata of callers. */
export interface Metrics {
  onReply(endpoint: string, status: number, durationMs: number): void;
  expose(): Promise<{ contentType: string; text: string }>;
}

const MAX_CHILDREN = 10_000;

/** What is read when somebody looks: name, meaning, value. */
export interface GaugeRow {
  readonly name: string;
  readonly help: string;
  value(): number;
}

export const createMetrics = (gauges: readonly GaugeRow[]): Metrics => {
  const registry = new Registry();
  const calls = new Counter({
    name: 'portolan_gateway_calls_total',
    help: 'Calls answered, by endpoint and status.',
    labelNames: ['endpoint', 'status'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'portolan_gateway_head_seconds',
    help: 'Time until the head of the answer was ready.',
    labelNames: ['endpoint'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers: [registry],
  });
  for (const { name, help, value } of gauges) {
    new Gauge({
      name: `portolan_gateway_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  }
  const children = new Map<string, { calls: Counter.Internal; duration: Histogram.Internal<'endpoint'> }>();
  return {
    onReply(endpoint, status, durationMs) {
      // Looking a label set up costs more than counting: the few there are stay at hand.
      const key = `${endpoint} ${status}`;
      let child = children.get(key);
      if (child === undefined) {
        child = { calls: calls.labels(endpoint, String(status)), duration: duration.labels(endpoint) };
        if (children.size < MAX_CHILDREN) children.set(key, child);
      }
      child.calls.inc();
      child.duration.observe(durationMs / 1000);
    },
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
};
