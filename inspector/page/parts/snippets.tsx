import { useState } from 'preact/hooks';
import { Code } from './code.js';

/** What sends a first event, for each way to work. */
const SNIPPETS: readonly (readonly [name: string, text: (url: string, key: string) => string])[] = [
  [
    'NestJS',
    (url, key) => `import { Module } from '@nestjs/common';
import { CountlyModule } from 'countly-weave/nest';

@Module({
  imports: [CountlyModule.forRoot({ url: '${url}', appKey: '${key}' })],
})
export class AppModule {}`,
  ],
  [
    'TypeScript',
    (url, key) => `import { Countly, TrackEvent } from 'countly-weave';

const countly = Countly.init({ url: '${url}', appKey: '${key}' });

class Checkout {
  @TrackEvent('checkout')
  pay(): void {}
}

new Checkout().pay();
await countly.flush();`,
  ],
  [
    'curl',
    (url, key) => `curl '${url}/i' \\
  -d app_key=${key} \\
  -d device_id=me \\
  --data-urlencode 'events=[{"key":"hello","count":1}]'`,
  ],
];

/** Nothing came yet: what to write, ready to be copied. */
export function Snippets({ url, appKey }: { url: string; appKey: string | null }) {
  const [chosen, setChosen] = useState(0);
  const text = SNIPPETS[chosen]?.[1](url, appKey ?? 'YOUR_APP_KEY') ?? '';
  return (
    <div class="snippets" data-testid="snippets">
      <fieldset class="choices">
        <legend class="hidden-visually">Way to work</legend>
        {SNIPPETS.map(([name], index) => (
          <button type="button" key={name} aria-pressed={index === chosen} onClick={() => setChosen(index)}>
            {name}
          </button>
        ))}
      </fieldset>
      <Code label={`First event with ${SNIPPETS[chosen]?.[0]}`} text={text} />
    </div>
  );
}
