import official, { Countly, type CountlyConf } from 'countly-weave/compat';

const conf: CountlyConf = { url: 'http://127.0.0.1:6010', app_key: 'types' };

export function start(): void {
  Countly.init(conf);
  // As the official package: the module is the object itself.
  official.app_version = '1.0';
  official.begin_session();
  Countly.add_event({ key: 'paid', count: 1, segmentation: { currency: 'EUR' } });
}

// @ts-expect-error the address is a text: the declarations were found and are strict
export const wrong: CountlyConf = { url: 17 };
