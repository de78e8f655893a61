import { post } from '../lib/api.js';
import { isHelpOpen, KEYS } from '../lib/keyboard.js';
import { Dialog } from '../parts/dialog.js';

/** What each key does. */
export function KeysDialog() {
  if (!isHelpOpen.value) return null;
  const close = (): void => {
    isHelpOpen.value = false;
  };
  return (
    <Dialog title="Keys" onClose={close}>
      <dl class="keys">
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <div class="dialog-actions">
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

/** Asked before everything is deleted. */
export function ResetDialog({ onClose }: { onClose(): void }) {
  const clear = (): void => {
    void post('reset').catch(() => undefined);
    onClose();
  };
  return (
    <Dialog title="Clear all collected data?" onClose={onClose}>
      <p>Requests, events, people and problems are deleted from the database. Faults and settings stay.</p>
      <div class="dialog-actions">
        <button type="button" onClick={onClose}>
          Keep
        </button>
        <button type="button" class="is-danger" data-testid="confirm-reset" onClick={clear}>
          Clear data
        </button>
      </div>
    </Dialog>
  );
}
