/** Settings of automatic network traces and views. */
export interface TrafficOptions {
  /** Share of the requests that are reported, from 0 to 1. @default 1 */
  readonly sample?: number | undefined;
  /** Reports only requests whose name (`GET /orders/:id`) and status pass. */
  readonly filter?: ((name: string, status: number) => boolean) | undefined;
}
