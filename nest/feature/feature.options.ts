import type { Segmentation } from '../../lib/index.js';
import type { ErrorReportOptions } from '../errors/error-policy.js';
import type { TrafficOptions } from '../traffic/traffic.options.js';

/**
 * Defaults of one feature module. The first three are for the decorated methods of the controllers and providers of the
 * module that imports them, whoever calls them; the other two for the requests its controllers answer.
 *
 * Request-scoped and transient providers keep what their decorators say: they have no instance to give defaults to.
 */
export interface CountlyFeatureOptions {
  /** Name of the client that methods record through whose decorators name none. @default the client of the request */
  readonly client?: string | undefined;
  /** What the keys of events begin with: `orders_` makes `orders_placed` of `placed`. @default nothing */
  readonly keyPrefix?: string | undefined;
  /** Segments of every event and view; those of the decorator go before them. @default none */
  readonly segmentation?: Segmentation | undefined;
  /**
   * Which errors are reported of what these controllers answer, in place of `errors` of `forRoot`, which has to be on.
   * What a guard throws is judged by `forRoot`: the controller is not known by then.
   */
  readonly errors?: boolean | ErrorReportOptions | undefined;
  /** Whether these controllers' pages become views, in place of `views` of `forRoot`. */
  readonly views?: boolean | TrafficOptions | undefined;
}
