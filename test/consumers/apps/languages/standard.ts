// The decorators of the language, without any flag. Compiled to an ES module.
import { Countly, ReportErrors, TrackEvent } from 'countly-weave';

class Shop {
  @TrackEvent('paid', { segmentation: (call) => ({ item: call.args[0] }) })
  @ReportErrors()
  async pay(item: string): Promise<number> {
    return item.length;
  }
}

const countly = Countly.init({});
const length: number = await countly.run({ deviceId: 'ann' }, () => new Shop().pay('book'));
if (length !== 4) throw new Error(`the decorated method gave ${length}`);
await countly.close();
