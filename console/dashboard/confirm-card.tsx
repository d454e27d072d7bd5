import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Field } from '../ui/fields.tsx';
import { Card, Fault } from '../ui/parts.tsx';
import { useAttempt } from './use-attempt.ts';

/** A deed that waits for a yes: what it hits, why it is done, and the button that does it. */
export interface Deed {
  readonly title: string;
  /** On the button that does it. */
  readonly verb: string;
  /** What it hits. */
  readonly preview: ComponentChildren;
  /** Label of the field for the reason; absent where none is kept. */
  readonly why?: string;
  /** @param reason undefined where none was given */
  readonly act: (reason: string | undefined) => Promise<unknown>;
}

/** Asks before a deed is done; says why it could not be, and keeps the reason that was typed. */
export function ConfirmCard({ deed, onClose }: { readonly deed: Deed; readonly onClose: () => void }) {
  const { title, verb, preview, why, act } = deed;
  const [reason, setReason] = useState('');
  const { fault, attempt } = useAttempt();
  const confirm = (event: Event) => {
    event.preventDefault();
    void attempt(() => act(reason.trim() === '' ? undefined : reason.trim()));
  };
  return (
    <Card isOpened title={title}>
      <form class="rows" onSubmit={confirm}>
        <p>{preview}</p>
        {why !== undefined && <Field isText label={why} value={reason} onInput={setReason} />}
        <div class="line">
          <button type="submit" class="button danger solid">
            {verb}
          </button>
          <button type="button" class="button" onClick={onClose}>
            Leave it
          </button>
        </div>
        <Fault text={fault} />
      </form>
    </Card>
  );
}
