import { useState } from 'preact/hooks';
import { signAlgorithms } from '../token/sign.ts';
import { examples } from '../token/examples.ts';
import { templates } from '../token/templates.ts';
import { Select } from '../ui/fields.tsx';
import type { Bench } from './state.ts';

/** Makes a token: a shape, an algorithm, the key that lies there or else a new one. Or opens an example. */
export function Maker({ bench }: { readonly bench: Bench }) {
  const [template, setTemplate] = useState('access');
  const [alg, setAlg] = useState('RS256');
  return (
    <div class="toolbar">
      <Select
        label="Shape of the token"
        value={template}
        onPick={setTemplate}
        options={templates.map(({ id, title }) => [id, title])}
      />
      <Select
        label="Algorithm"
        value={alg}
        onPick={setAlg}
        options={signAlgorithms.map((name) => [name, name])}
      />
      <button type="button" class="button primary" onClick={() => void bench.make(template, alg)}>
        Make a token
      </button>
      <Select
        label="Example"
        value=""
        onPick={(title) => void bench.open(title)}
        options={[
          ['', 'Open an example …'],
          ...Object.keys(examples).map((title) => [title, title] as const),
        ]}
      />
    </div>
  );
}
