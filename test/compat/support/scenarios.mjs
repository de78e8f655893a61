// The calls an application makes. Each scenario runs twice: on the official SDK and on the compat. What a phase returns
// is compared as well as what reaches the server. `Countly` is either one.

const DETAILS = {
  name: 'Ann Example',
  username: 'ann',
  email: 'ann@example.org',
  organization: 'Example',
  phone: '+4930123',
  picture: 'https://example.org/ann.png',
  gender: 'F',
  byear: 1990,
  custom: { plan: 'pro', seats: 3 },
};

const METRICS = { _os: 'Ubuntu', _os_version: '24.04', _device: 'aws-server', _locale: 'en_US' };

/** Both SDKs send consent a second after the last change at the latest. */
const CONSENT_DELAY = 1150;

const bulkConf = (conf, own) => ({ ...conf, interval: 10, device_id: undefined, storage_path: undefined, ...own });

const once = (run) => [run];

export const scenarios = [
  {
    name: 'sessions by hand',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.session_duration(3);
      Countly.end_session(3);
      Countly.begin_session(true);
      Countly.begin_session(true);
      Countly.session_duration(10);
      Countly.end_session(5);
      Countly.end_session(5);
    }),
  },
  {
    name: 'session ended without a duration',
    measured: ['end_session+session_duration'],
    phases: once(async (Countly, { conf, sleep }) => {
      Countly.init(conf);
      Countly.begin_session();
      await sleep(1200);
      Countly.end_session();
    }),
  },
  {
    name: 'session extended by itself',
    measured: ['session_duration'],
    conf: { session_update: 1 },
    phases: once(async (Countly, { conf, sleep }) => {
      Countly.init(conf);
      Countly.begin_session();
      await sleep(2200);
    }),
  },
  {
    name: 'session without heartbeat',
    conf: { session_update: 1 },
    phases: once(async (Countly, { conf, sleep }) => {
      Countly.init(conf);
      Countly.begin_session(true);
      await sleep(2200);
    }),
  },
  {
    name: 'stopped time extends nothing',
    conf: { session_update: 1 },
    phases: once(async (Countly, { conf, sleep }) => {
      Countly.init(conf);
      Countly.begin_session();
      Countly.track_view('home');
      Countly.stop_time();
      await sleep(2200);
    }),
  },
  {
    name: 'time goes on after a stop',
    measured: ['event [CLY]_view', 'end_session+session_duration'],
    phases: once(async (Countly, { conf, sleep }) => {
      Countly.init(conf);
      Countly.begin_session(true);
      Countly.track_view('home');
      Countly.stop_time();
      Countly.start_time();
      await sleep(1200);
      Countly.track_view('cart');
      Countly.end_session();
    }),
  },
  {
    name: 'events',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.add_event({ key: 'plain' });
      Countly.add_event({
        key: 'full',
        count: 3,
        sum: 9.5,
        dur: 12,
        segmentation: { plan: 'pro', seats: 3, trial: false },
      });
      Countly.add_event({ count: 1 });
      Countly.add_event({ key: 'long value', segmentation: { text: 'v'.repeat(300) } });
      Countly.add_event({ key: 'long name', segmentation: { ['n'.repeat(200)]: 'x' } });
      Countly.add_event({ key: '[CLY]_star_rating', segmentation: { rating: 4, widget_id: 'w' } });
      Countly.add_event({ key: '[CLY]_nps', segmentation: { rating: 9, widget_id: 'w' } });
    }),
  },
  {
    name: 'event limits from the configuration',
    conf: { max_key_length: 10, max_value_size: 8, max_segmentation_values: 2 },
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.add_event({ key: 'a key that is long', segmentation: { first: 'a value that is long', b: 1, c: 2 } });
    }),
  },
  {
    name: 'event of yesterday',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.add_event({ key: 'late', timestamp: 1_700_000_000_000 });
    }),
  },
  {
    name: 'timed events',
    measured: ['event quick', 'event order'],
    phases: once(async (Countly, { conf, sleep }) => {
      Countly.init(conf);
      Countly.start_event('quick');
      Countly.start_event('quick');
      Countly.start_event('order');
      await sleep(30);
      Countly.end_event('quick');
      Countly.end_event({ key: 'order', count: 2, sum: 5, segmentation: { plan: 'pro' } });
      Countly.end_event('quick');
      Countly.end_event('never started');
      Countly.end_event({});
    }),
  },
  {
    name: 'user details',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.user_details({ ...DETAILS });
      Countly.user_details({ name: 'n'.repeat(300), custom: { note: 'v'.repeat(300) } });
    }),
  },
  {
    name: 'user properties',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.userData.set('plan', 'pro');
      Countly.userData.set_once('first', 'mail');
      Countly.userData.unset('old');
      Countly.userData.increment('logins');
      Countly.userData.increment_by('points', 5);
      Countly.userData.multiply('factor', 2);
      Countly.userData.max('best', 10);
      Countly.userData.min('worst', 1);
      Countly.userData.push('tags', 'a');
      Countly.userData.push('tags', 'b');
      Countly.userData.push_unique('kinds', 'x');
      Countly.userData.pull('gone', 'y');
      Countly.userData.save();
    }),
  },
  {
    name: 'two operations on one user property',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.userData.set('logins', 1);
      Countly.userData.increment('logins');
      Countly.userData.save();
    }),
  },
  {
    name: 'conversions',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.report_conversion('campaign-1');
      Countly.report_conversion('campaign-2', 'campaign-user');
      Countly.report_conversion('');
    }),
  },
  {
    name: 'feedback',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.report_feedback({
        widget_id: 'w1',
        rating: 4,
        platform: 'web',
        app_version: '2.0',
        email: 'a@example.org',
        comment: 'fine',
        contactMe: true,
      });
      Countly.report_feedback({ widget_id: 'w1', rating: 3 });
      Countly.report_feedback({ rating: 3 });
      Countly.report_feedback({ widget_id: 'w1' });
    }),
  },
  {
    name: 'handled errors',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.add_log('first step');
      Countly.add_log('second step');
      const error = new TypeError('cannot');
      error.stack = 'TypeError: cannot\n    at shop (shop.js:1:2)';
      Countly.log_error(error, { feature: 'shop' });
      Countly.log_error('a text');
      Countly.log_error({ name: 'Odd', message: 'no stack' });
    }),
  },
  {
    name: 'long stack',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      const error = new Error('one long line');
      error.stack = `Error: one long line\n    at ${'x'.repeat(3000)}`;
      Countly.log_error(error);
    }),
  },
  {
    name: 'uncaught error',
    ownProcess: true,
    phases: [
      (Countly, { conf }) => {
        Countly.init(conf);
        Countly.track_errors({ release: 'r1' });
        const error = new Error('fatal');
        error.stack = 'Error: fatal\n    at main (main.js:1:2)';
        setTimeout(() => {
          throw error;
        }, 50);
      },
      (Countly, { conf }) => Countly.init(conf),
    ],
  },
  {
    name: 'remote config',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      const fetch = (...args) =>
        new Promise((resolve) =>
          Countly.fetch_remote_config(...args, (error, values) => resolve({ error: !!error, values: { ...values } })),
        );
      const some = await fetch(['greeting']);
      const others = await fetch(null, ['greeting']);
      const all = await fetch();
      return {
        some,
        others,
        all,
        greeting: Countly.get_remote_config('greeting'),
        unknown: Countly.get_remote_config('unknown') === undefined,
        everything: { ...Countly.get_remote_config() },
      };
    }),
  },
  {
    name: 'remote config at the start',
    phases: once(
      (Countly, { conf }) =>
        new Promise((resolve) => {
          Countly.init({
            ...conf,
            remote_config: (error, values) => resolve({ error: !!error, values: { ...values } }),
          });
        }),
    ),
  },
  {
    name: 'views',
    measured: ['event [CLY]_view'],
    phases: once(async (Countly, { conf, sleep }) => {
      Countly.init(conf);
      Countly.begin_session(true);
      Countly.track_view('home');
      await sleep(20);
      Countly.track_pageview('cart', { theme: 'dark', items: 3 });
      Countly.track_view();
      Countly.end_session(5);
    }),
  },
  {
    name: 'traces',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.report_trace({
        type: 'network',
        name: '/orders',
        stz: 1_700_000_000_000,
        etz: 1_700_000_000_120,
        apm_metrics: { response_time: 120, response_payload_size: 512, request_payload_size: 64, response_code: 200 },
      });
      Countly.report_trace({
        type: 'device',
        name: 'import',
        stz: 1_700_000_000_000,
        etz: 1_700_000_000_500,
        apm_metrics: { duration: 500, rows: 12 },
        apm_attr: { source: 'file' },
      });
      Countly.report_trace({ type: 'device', name: 'no times', apm_metrics: { duration: 1 } });
    }),
  },
  {
    name: 'trace as documented',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.report_trace({
        type: 'device',
        name: 'import',
        stz: 1_700_000_000_000,
        etz: 1_700_000_000_500,
        app_metrics: { duration: 500 },
      });
    }),
  },
  {
    name: 'application start',
    phases: once(async (Countly, { conf, sleep }) => {
      process.title = 'compat-scenario';
      Countly.init(conf);
      Countly.report_app_start();
      await sleep(20);
    }),
  },
  {
    name: 'raw requests',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.request({
        app_key: conf.app_key,
        device_id: 'someone',
        begin_session: 1,
        metrics: '{"_os":"Linux","_app_version":"1.0"}',
        timestamp: 1_700_000_000_000,
      });
      Countly.request({ app_key: conf.app_key, device_id: 'someone', events: '[{"key":"raw","count":1}]' });
      Countly.request({ app_key: 'OTHER', device_id: 'someone', session_duration: 7, hour: 3 });
      Countly.request({ device_id: 'someone', begin_session: 1 });
      Countly.request({ app_key: conf.app_key, begin_session: 1 });
    }),
  },
  {
    name: 'raw request without consent',
    conf: { require_consent: true },
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.request({ app_key: conf.app_key, device_id: 'someone', events: '[{"key":"raw","count":1}]' });
    }),
  },
  {
    name: 'long raw request',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      const events = JSON.stringify([{ key: 'raw', count: 1, segmentation: { text: 'v'.repeat(400) } }]);
      Countly.request({ app_key: conf.app_key, device_id: 'someone', events });
    }),
  },
  {
    name: 'device id changes',
    measured: ['end_session', 'end_session+session_duration'],
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      const seen = [];
      const look = () => seen.push([Countly.get_device_id(), Countly.get_device_id_type()]);
      look();
      Countly.begin_session(true);
      Countly.add_event({ key: 'before' });
      Countly.change_id('dev-2', true);
      look();
      Countly.change_id('dev-2', true);
      Countly.add_event({ key: 'between' });
      Countly.change_id('dev-3', false);
      look();
      Countly.add_event({ key: 'after' });
      Countly.set_id('dev-4');
      look();
      Countly.set_id('');
      look();
      return seen;
    }),
  },
  {
    name: 'device id that is too long',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.change_id('x'.repeat(300), true);
      Countly.add_event({ key: 'after' });
      return Countly.get_device_id();
    }),
  },
  {
    name: 'generated device id becomes known',
    conf: { device_id: undefined },
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      const generated = Countly.get_device_id();
      const type = Countly.get_device_id_type();
      Countly.set_id('ann');
      return [typeof generated === 'string' && generated.length === 36, type, Countly.get_device_id()];
    }),
  },
  {
    name: 'device id is remembered',
    phases: [
      async (Countly, { conf, sleep }) => {
        Countly.init({ ...conf, device_id: 'first' });
        Countly.add_event({ key: 'one' });
        await sleep(100);
      },
      async (Countly, { conf }) => {
        Countly.init({ ...conf, device_id: 'second' });
        Countly.add_event({ key: 'two' });
        return [Countly.get_device_id(), Countly.get_device_id_type()];
      },
      async (Countly, { conf }) => {
        Countly.init({ ...conf, device_id: 'third', clear_stored_device_id: true });
        Countly.add_event({ key: 'three' });
        return [Countly.get_device_id(), Countly.get_device_id_type()];
      },
    ],
  },
  {
    name: 'consent is given',
    conf: { require_consent: true },
    phases: once(async (Countly, { conf, sleep }) => {
      Countly.init(conf);
      Countly.group_features({ activity: ['sessions', 'events', 'views'], info: 'users' });
      const before = [Countly.check_any_consent(), Countly.check_consent('events'), Countly.check_consent('unknown')];
      Countly.add_event({ key: 'too early' });
      Countly.begin_session(true);
      Countly.track_view('too early');
      Countly.user_details({ name: 'too early' });
      Countly.add_consent('activity');
      Countly.add_event({ key: 'allowed' });
      await sleep(CONSENT_DELAY);
      const after = ['events', 'views', 'sessions', 'activity', 'users', 'info'].map((name) =>
        Countly.check_consent(name),
      );
      return { before, after, any: Countly.check_any_consent() };
    }),
  },
  {
    name: 'consent is withdrawn',
    conf: { require_consent: true },
    phases: once(async (Countly, { conf, sleep }) => {
      Countly.init(conf);
      Countly.group_features({ all: ['events', 'crashes'] });
      Countly.add_consent(['all']);
      await sleep(CONSENT_DELAY);
      Countly.remove_consent('all');
      Countly.add_event({ key: 'too late' });
      await sleep(CONSENT_DELAY);
      return ['events', 'crashes', 'all'].map((name) => Countly.check_consent(name));
    }),
  },
  {
    name: 'feedback consent only',
    conf: { require_consent: true },
    phases: once(async (Countly, { conf, sleep }) => {
      Countly.init(conf);
      Countly.add_consent('star-rating');
      Countly.report_feedback({ widget_id: 'w1', rating: 3, platform: 'web', app_version: '1' });
      await sleep(CONSENT_DELAY);
    }),
  },
  {
    name: 'clicks consent',
    conf: { require_consent: true },
    phases: once(async (Countly, { conf, sleep }) => {
      Countly.init(conf);
      Countly.add_consent('clicks');
      Countly.add_event({ key: '[CLY]_action', segmentation: { type: 'click', x: 1, y: 2 } });
      await sleep(CONSENT_DELAY);
    }),
  },
  {
    name: 'location',
    conf: { country_code: 'DE', city: 'Berlin', ip_address: '203.0.113.7' },
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.begin_session(true);
      Countly.session_duration(5);
      Countly.report_conversion('campaign');
      Countly.add_event({ key: 'somewhere' });
      await new Promise((resolve) => Countly.fetch_remote_config(resolve));
    }),
  },
  {
    name: 'country alone',
    conf: { country_code: 'DE' },
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.begin_session(true);
    }),
  },
  {
    name: 'breadcrumbs and segments of crashes',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      const error = new Error('first');
      error.stack = 'Error: first\n    at shop (shop.js:1:2)\n\n    at main (main.js:1:2)';
      Countly.add_log('before the first');
      Countly.log_error(error, { feature: 'shop', size: 3 });
      Countly.add_log('before the second');
      Countly.log_error(undefined);
      Countly.log_error(42);
      Countly.log_error({ message: 'from a file', fileName: 'shop.js', lineNumber: 3, columnNumber: 7 });
    }),
  },
  {
    name: 'salt',
    conf: { salt: 's3cr3t' },
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.begin_session(true);
      Countly.add_event({ key: 'salted' });
    }),
  },
  {
    name: 'headers from http_options',
    conf: { force_post: true },
    phases: once(async (Countly, { conf }) => {
      Countly.init({
        ...conf,
        http_options: (options) => {
          options.headers['x-shop'] = 'yes';
        },
      });
      Countly.add_event({ key: 'with header' });
    }),
  },
  {
    name: 'server in a sub-directory',
    urlPath: '/countly',
    phases: once(async (Countly, { conf }) => {
      Countly.init(conf);
      Countly.add_event({ key: 'in a sub-directory' });
    }),
  },
  {
    name: 'settings as properties',
    phases: once(async (Countly, { conf }) => {
      Object.assign(Countly, { ...conf, app_version: '3.1' });
      Countly.init();
      Countly.add_event({ key: 'by properties' });
      Countly.log_error('for the version');
      return [Countly.app_key, Countly.app_version, Countly.device_id, Countly.require_consent];
    }),
  },
  {
    name: 'halt and a second start',
    phases: once(async (Countly, { conf, sleep }) => {
      Countly.init(conf);
      Countly.add_event({ key: 'first client' });
      // Long enough for the answer: what is under way at a halt the official SDK may send again, as the second client's.
      await sleep(500);
      Countly.halt();
      const between = [Countly.device_id === undefined, Countly.app_key === undefined];
      await sleep(20);
      Countly.init({ ...conf, clear_stored_device_id: true, device_id: 'dev-9' });
      Countly.add_event({ key: 'second client' });
      return [between, Countly.get_device_id()];
    }),
  },
  {
    name: 'bulk: raw requests',
    phases: once(async (Countly, { conf, sleep }) => {
      const bulk = new Countly.Bulk(bulkConf(conf));
      const chained = bulk.add_request({
        device_id: 'u1',
        begin_session: 1,
        metrics: { _os: 'Linux', _app_version: '1.0' },
        timestamp: 1_700_000_000_000,
      });
      const waiting = bulk.queue_size();
      bulk.add_bulk_request([
        { device_id: 'u2', events: [{ key: 'a', count: 1 }], timestamp: 1_700_000_001_000 },
        { device_id: 'u3', session_duration: 30, timestamp: 1_700_000_002_000 },
      ]);
      bulk.add_event('u4', { key: 'b', count: 2, sum: 3, segmentation: { plan: 'pro' } });
      await sleep(50);
      await new Promise((resolve) => bulk.start(resolve));
      bulk.stop();
      return [chained === bulk, waiting, bulk.queue_size()];
    }),
  },
  {
    name: 'bulk: users',
    phases: once(async (Countly, { conf, sleep }) => {
      const bulk = new Countly.Bulk(bulkConf(conf)).start();
      const user = bulk.add_user({ device_id: 'u1', country_code: 'DE', city: 'Berlin' });
      const chained = user.begin_session(METRICS, 90, 1_700_000_000);
      user.add_event({
        key: 'order',
        count: 2,
        sum: 5,
        dur: 7,
        segmentation: { plan: 'pro' },
        timestamp: 1_700_000_010,
      });
      user.user_details({ ...DETAILS });
      user.report_conversion('campaign', 'campaign-user', 1_700_000_020);
      user.report_view('home', 1_700_000_030, 12, { platform: 'Linux', landing: true, theme: 'dark' });
      user.report_feedback({ widget_id: 'w', rating: 5, platform: 'web', app_version: '1.0' }, 1_700_000_040);
      user.report_crash(
        { _os: 'Linux', _os_version: '6', _app_version: '1.0', _error: 'Error: x\n at y', _nonfatal: true },
        1_700_000_050,
      );
      user.report_trace({
        type: 'device',
        name: 'import',
        stz: 1_700_000_000_000,
        etz: 1_700_000_000_500,
        apm_metrics: { duration: 500 },
      });
      user.custom_set('plan', 'pro');
      user.custom_set_once('first', 'mail');
      user.custom_unset('old');
      user.custom_increment('logins');
      user.custom_increment_by('points', 5);
      user.custom_multiply('factor', 2);
      user.custom_max('best', 10);
      user.custom_min('worst', 1);
      user.custom_push('tags', 'a');
      user.custom_push_unique('kinds', 'x');
      user.custom_pull('gone', 'y');
      user.custom_save();
      await sleep(150);
      return chained === user;
    }),
  },
  {
    name: 'bulk: address of a user',
    phases: once(async (Countly, { conf, sleep }) => {
      const bulk = new Countly.Bulk(bulkConf(conf)).start();
      bulk.add_user({ device_id: 'u1', ip_address: '203.0.113.9' }).report_conversion('campaign');
      await sleep(100);
    }),
  },
  {
    name: 'bulk: long session in milliseconds',
    phases: once(async (Countly, { conf, sleep }) => {
      const bulk = new Countly.Bulk(bulkConf(conf)).start();
      bulk.add_user({ device_id: 'u1' }).begin_session({ _os: 'Linux', _app_version: '1' }, 130, 1_700_000_000_000);
      await sleep(100);
    }),
  },
  {
    name: 'bulk: consent of a user',
    phases: once(async (Countly, { conf, sleep }) => {
      const bulk = new Countly.Bulk(bulkConf(conf)).start();
      const user = bulk.add_user({ device_id: 'u1', require_consent: true });
      user.group_features({ activity: ['events', 'views'] });
      user.add_event({ key: 'too early' });
      const before = user.check_consent('events');
      user.add_consent('activity');
      user.add_event({ key: 'allowed' });
      await sleep(CONSENT_DELAY);
      // What still waits would be removed with the consent, and this machine may be busy.
      for (let i = 0; i < 500 && bulk.queue_size() > 0; i++) await sleep(20);
      user.remove_consent('activity');
      user.add_event({ key: 'too late' });
      await sleep(CONSENT_DELAY);
      return [before, user.check_consent('events')];
    }),
  },
  {
    name: 'bulk: session before consent',
    phases: once(async (Countly, { conf, sleep }) => {
      const bulk = new Countly.Bulk(bulkConf(conf)).start();
      const user = bulk.add_user({ device_id: 'u1', require_consent: true });
      user.begin_session({ _os: 'Linux', _app_version: '1' }, 0, 1_700_000_000);
      user.add_consent('sessions');
      await sleep(CONSENT_DELAY);
    }),
  },
  {
    name: 'bulk: limits',
    phases: once(async (Countly, { conf, sleep }) => {
      const bulk = new Countly.Bulk(bulkConf(conf, { max_value_size: 8 })).start();
      bulk.add_event('u1', { key: 'limited', segmentation: { text: 'a value that is long' } });
      await sleep(100);
    }),
  },
  {
    name: 'bulk: one entry without a device',
    phases: once(async (Countly, { conf, sleep }) => {
      const bulk = new Countly.Bulk(bulkConf(conf)).start();
      bulk.add_bulk_request([{ session_duration: 30 }, { device_id: 'u1', session_duration: 40 }]);
      await sleep(100);
    }),
  },
  {
    name: 'bulk: local midnight and times as text',
    phases: once(async (Countly, { conf, sleep }) => {
      const bulk = new Countly.Bulk(bulkConf(conf)).start();
      bulk.add_request({ device_id: 'u1', session_duration: 30, timestamp: '1700000000000' });
      bulk.add_request({ device_id: 'u2', session_duration: 31, timestamp: 1_700_000_000_000, hour: 0, dow: 0 });
      await sleep(100);
    }),
  },
];
