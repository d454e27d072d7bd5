import { useEffect, useState } from 'preact/hooks';
import { ColoredJson, Editor } from '../ui/editor.tsx';

/** JSON text that belongs to a token: what is typed is handed on whenever it is an object. */
export function JsonEditor(props: {
  readonly label: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly onChange: (value: Readonly<Record<string, unknown>>) => void;
}) {
  const { label, value, onChange } = props;
  const [draft, setDraft] = useState(() => pretty(value));
  const [fault, setFault] = useState('');
  const current = JSON.stringify(value);
  useEffect(() => {
    if (JSON.stringify(tryParse(draft).object) === current) return;
    setDraft(pretty(value));
    setFault('');
  }, [current]);

  const type = (text: string) => {
    setDraft(text);
    const parsed = tryParse(text);
    setFault(parsed.fault ?? '');
    if (parsed.object !== undefined) onChange(parsed.object);
  };
  return (
    <>
      <Editor kind="json" label={label} value={draft} onInput={type} colored={<ColoredJson text={draft} />} />
      {fault !== '' && (
        <p class="card-body small fault" role="status">
          {fault}. The token above stays as it was until this is a JSON object.
        </p>
      )}
    </>
  );
}

function pretty(value: object): string {
  return JSON.stringify(value, null, 2);
}

function tryParse(text: string): {
  readonly object?: Readonly<Record<string, unknown>>;
  readonly fault?: string;
} {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { object: value as Record<string, unknown> };
    return { fault: 'JSON, but not an object' };
  } catch (error) {
    return { fault: `Not JSON yet: ${(error as Error).message}` };
  }
}
