import { useState } from 'preact/hooks';
import type { Settings, SettingsAnswer, SettingsChange } from '../../src/api/contract/settings.js';
import { post } from '../lib/api.js';
import { beat } from '../lib/live.js';
import { useApi } from '../lib/use-api.js';
import { Card, Trouble } from '../parts/bits.js';
import { FaultSwitches } from './fault-switches.js';
import type { Panel } from './panel.js';

/** What the simulated server answers, and how it fails on request. */
export const tryIt: Panel = { id: 'try', title: 'Try it', group: 'Check', View: TryIt };

function TryIt() {
  const { data, error, reload } = useApi<SettingsAnswer>('settings');
  return (
    <>
      <Trouble error={error} />
      <div class="columns is-pair">
        <FaultSwitches />
        {data !== undefined && <App settings={data.settings} onSaved={reload} />}
        {data !== undefined && (
          <JsonSetting
            title="Remote config"
            about="What a client gets that asks for remote config. A client asks at the start and when it is told to."
            value={data.settings.remoteConfig}
            save={(remoteConfig) => change({ remoteConfig }, reload)}
          />
        )}
        {data !== undefined && (
          <JsonSetting
            title="SDK behaviour settings"
            about={'What an operator sets for all SDKs: { "tracking": false } makes them record nothing.'}
            value={data.settings.sdkConfig}
            save={(sdkConfig) => change({ sdkConfig }, reload)}
          />
        )}
      </div>
    </>
  );
}

async function change(settings: SettingsChange, reload: () => void): Promise<void> {
  await post<SettingsAnswer>('settings', settings);
  reload();
  beat(0);
}

function App({ settings, onSaved }: { settings: Settings; onSaved(): void }) {
  const [problem, setProblem] = useState<string | undefined>();
  const save = (next: SettingsChange): void => {
    change(next, onSaved).then(
      () => setProblem(undefined),
      (error: Error) => setProblem(error.message),
    );
  };
  return (
    <Card title="The app">
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          save({ appKey: String(data.get('appKey')) || null });
        }}
      >
        <label>
          App key{' '}
          <input
            name="appKey"
            defaultValue={settings.appKey ?? ''}
            placeholder="any"
            autocomplete="off"
            spellcheck={false}
          />
        </label>
        <button type="submit">Accept this one only</button>
      </form>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          save({ salt: String(new FormData(event.currentTarget).get('salt')) || null });
          event.currentTarget.reset();
        }}
      >
        <label>
          Salt{' '}
          <input name="salt" placeholder={settings.salted ? 'is set' : 'none'} autocomplete="off" spellcheck={false} />
        </label>
        <button type="submit">Check checksums with it</button>
      </form>
      <label class="check">
        <input
          type="checkbox"
          key={String(settings.paused)}
          defaultChecked={settings.paused}
          onChange={(event) => save({ paused: event.currentTarget.checked })}
        />{' '}
        The app is paused: requests are answered as by a server whose operator stopped it
      </label>
      <Trouble error={problem} />
    </Card>
  );
}

interface JsonSettingProps {
  readonly title: string;
  readonly about: string;
  readonly value: Readonly<Record<string, unknown>>;
  save(value: Readonly<Record<string, unknown>>): Promise<void>;
}

function JsonSetting({ title, about, value, save }: JsonSettingProps) {
  const [draft, setDraft] = useState<string | undefined>();
  const [said, setSaid] = useState<string | undefined>();
  const text = draft ?? JSON.stringify(value, null, 2);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    saved(text).then(setSaid);
  };
  const saved = async (json: string): Promise<string> => {
    try {
      await save(JSON.parse(json) as Readonly<Record<string, unknown>>);
      setDraft(undefined);
      return 'Saved: the next client that asks gets it.';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <Card title={title}>
      <p class="faint">{about}</p>
      <form class="form is-tall" onSubmit={submit}>
        <textarea
          aria-label={title}
          rows={8}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => {
            setDraft(currentTarget.value);
            setSaid(undefined);
          }}
        />
        <button type="submit">Save</button>
      </form>
      {said !== undefined && <p role="status">{said}</p>}
    </Card>
  );
}
