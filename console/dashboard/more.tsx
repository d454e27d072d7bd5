import type { Pages } from './use-ask.ts';

/** Reads a list on, where it has not ended. */
export function More({ of: { more }, name }: { readonly of: Pages<unknown>; readonly name: string }) {
  if (more === undefined) return null;
  return (
    <div class="more">
      <button type="button" class="button" onClick={more}>
        Show more {name}
      </button>
    </div>
  );
}
