import type { CodeMethod } from '../../src/api/contract/code.js';

/** What is woven into a method, and under which key. */
export function Decorators({ of: { decorators } }: { of: Pick<CodeMethod, 'decorators'> }) {
  return (
    <span class="chips">
      {decorators.map(({ decorator, kind, key }, index) => (
        <span class={`chip kind-${kind}`} key={`${index} ${decorator}`}>
          <span class="chip-name">{decorator}</span> {key ?? ''}
        </span>
      ))}
    </span>
  );
}
