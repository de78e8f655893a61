// The libraries of docs/comparison.md, with what each needs of its own to be asked the same questions.

const thrower = () => {
  throw new Error('of the hook');
};

/**
 * `settings`, or `plugin` where it takes one, put a hook that throws before sending. `fail(client)` lets a failure pass two layers
 * of a program, of which each reports what it sees and the outer one wraps it. What is absent the library does not have;
 * `flushless` is one without a flush.
 */
export const COMPARED = [
  {
    name: 'countly-weave',
    module: 'countly-weave',
    settings: { beforeSend: thrower },
    async fail({ client }) {
      const { ReportErrors, weave } = await import('countly-weave');
      const inner = weave(innermost, ReportErrors());
      const outer = weave(() => wrapped(inner), ReportErrors());
      client.run({ deviceId: 'visitor-1' }, () => swallowed(outer));
    },
  },
  {
    name: 'countly-sdk-nodejs',
    module: 'countly-sdk',
    flushless: true,
    async fail() {
      const { default: Countly } = await import('countly-sdk-nodejs');
      reportingByHand((error) => Countly.log_error(error));
    },
  },
  {
    name: 'posthog-node',
    module: 'posthog',
    settings: { before_send: thrower },
    fail: ({ client }) => reportingByHand((error) => client.captureException(error, 'visitor-1')),
  },
  {
    name: '@segment/analytics-node',
    module: 'segment',
    plugin: { name: 'hook', type: 'before', version: '1', isLoaded: () => true, load: async () => {}, track: thrower },
  },
  {
    name: '@sentry/nestjs',
    module: 'sentry',
    settings: { beforeSend: thrower },
    async fail() {
      const { captureException } = await import('@sentry/nestjs');
      reportingByHand((error) => captureException(error));
    },
  },
];

function innermost() {
  throw new Error('no connection');
}

function wrapped(work) {
  try {
    work();
  } catch (cause) {
    throw new Error('no order', { cause });
  }
}

function swallowed(work) {
  try {
    work();
  } catch {}
}

function reportingByHand(report) {
  const reporting = (work) => () => {
    try {
      work();
    } catch (error) {
      report(error);
      throw error;
    }
  };
  swallowed(reporting(() => wrapped(reporting(innermost))));
}
