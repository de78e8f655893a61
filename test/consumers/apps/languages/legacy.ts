// `experimentalDecorators`, as Nest and most of what exists have it. Compiled to CommonJS.
import { Countly, ReportErrors, Segment, TrackEvent } from 'countly-weave';

class Shop {
  @TrackEvent('paid')
  @ReportErrors()
  async pay(@Segment('item') item: string): Promise<number> {
    return item.length;
  }
}

async function main(): Promise<void> {
  const countly = Countly.init({});
  const length: number = await countly.run({ deviceId: 'ann' }, () => new Shop().pay('book'));
  if (length !== 4) throw new Error(`the decorated method gave ${length}`);
  await countly.close();
}

void main();
