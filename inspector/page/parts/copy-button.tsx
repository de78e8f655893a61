import { useState } from 'preact/hooks';

export interface CopyProps {
  readonly label: string;
  text(): string;
}

const SAID_MS = 1500;

/** Puts a text into the clipboard and says so. */
export function CopyButton({ label, text }: CopyProps) {
  const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle');
  const copy = (): void => {
    void write(text()).then((isDone) => {
      setState(isDone ? 'done' : 'failed');
      setTimeout(() => setState('idle'), SAID_MS);
    });
  };
  return (
    <button type="button" class="small" onClick={copy} title={label} data-state={state}>
      {state === 'done' ? 'Copied' : state === 'failed' ? 'Not allowed' : label}
    </button>
  );
}

async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyTheOldWay(text);
  }
}

/** Without HTTPS, on an address that is not this machine's, browsers offer no clipboard. */
function copyTheOldWay(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  document.body.append(field);
  field.select();
  const isDone = document.execCommand('copy');
  field.remove();
  return isDone;
}
