/** One request that is sent again and again. */
export interface Shot {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface LoadPlan {
  readonly shot: Shot;
  readonly concurrency: number;
  readonly seconds: number;
}

/** What one window of closed-loop load has seen. `failures` counts answers that are no 2xx, and broken or late connections. */
export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadTool {
  readonly name: string;
  run(plan: LoadPlan): Promise<LoadResult>;
}
