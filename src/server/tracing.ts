import type { DeployDto } from '#api';

/** A request as a span shows it. */
export interface RequestSpan {
  /** Name of the route. */
  readonly route: string;
  readonly method: string;
  /** Of the route, with `{name}` for parameters. */
  readonly path: string;
  /** Header of the request: W3C Trace Context. */
  readonly traceparent: string | null;
  readonly status: number;
  /** Until the headers of the answer were ready. */
  readonly ms: number;
}

/** Where spans go; only there when OpenTelemetry is configured. */
export interface Tracing {
  /** A request that has been answered. */
  request(span: RequestSpan): void;
  /** A deploy that has ended, with its stages. */
  deploy(deploy: DeployDto): void;
}
