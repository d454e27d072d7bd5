import type { JWK } from 'jose';
import { type Dispatch, type StateUpdater, useEffect, useRef, useState } from 'preact/hooks';
import { type ReadKey, readKey, type SecretEncoding } from '../keys/read-key.ts';
import { type DecodedToken, decodeToken, extractToken } from '../token/decode.ts';
import { examples } from '../token/examples.ts';
import { canSign, generateKey, signToken, unsigned } from '../token/sign.ts';
import { templates } from '../token/templates.ts';
import { useLatest } from '../ui/hooks.ts';
import { defaultPolicy, type Policy } from '../verdict/policy.ts';

/** What lies on the bench: a token, a key, and who is to check it when. */
export interface Bench {
  readonly text: string;
  readonly token: DecodedToken;
  readonly keyText: string;
  readonly encoding: SecretEncoding;
  readonly key: ReadKey;
  readonly policy: Policy;
  /** A chosen time, or nothing for the time that it is. */
  readonly at: number | undefined;
  /** What went wrong, in words. */
  readonly fault: string;
  readonly setText: (text: string) => void;
  readonly setKeyText: (text: string) => void;
  setEncoding: Dispatch<StateUpdater<SecretEncoding>>;
  readonly setPolicy: (change: Partial<Policy>) => void;
  readonly setAt: (time: number | undefined) => void;
  readonly setFault: (fault: string) => void;
  /** Writes header or payload anew: signed where the key can, else with the old signature. */
  readonly edit: (change: { readonly header?: object; readonly claims?: object }) => void;
  /** A new token of a shape, under the key that is there where it can sign so, else under a new one. */
  readonly make: (templateId: string, alg: string) => Promise<void>;
  /** One of the examples, by its title. */
  readonly open: (title: string) => Promise<void>;
  readonly clear: () => void;
}

const noKey: ReadKey = { format: '', jwks: [], isSet: false };

/** The debugger's state. It lives as long as the page and is never stored. */
export function useBench(initialToken: string): Bench {
  const [text, setRawText] = useState(initialToken);
  const [keyText, setKeyText] = useState('');
  const [encoding, setEncoding] = useState<SecretEncoding>('utf-8');
  const [policy, setWholePolicy] = useState(defaultPolicy);
  const [at, setAt] = useState<number | undefined>(undefined);
  const [fault, setFault] = useState('');
  const turn = useRef(0);
  const key = useLatest(() => readKey(keyText, encoding), [keyText, encoding]) ?? noKey;
  const token = decodeToken(text);
  useEffect(() => setFault(''), [text, keyText]);

  const write = async (header: object, payload: string, jwk: JWK | undefined) => {
    const mine = ++turn.current;
    const alg = (header as { alg?: unknown }).alg;
    const kept = token.segments[2]?.encoded ?? '';
    try {
      const written =
        canSign(jwk, alg) || alg === 'none'
          ? await signToken(header, payload, jwk ?? { kty: 'oct' })
          : unsigned(header, payload, kept);
      if (turn.current === mine) setRawText(written);
    } catch (error) {
      setRawText(unsigned(header, payload, kept));
      setFault(`Not signed: ${(error as Error).message}`);
    }
  };
  const clear = () => {
    setRawText('');
    setKeyText('');
    setAt(undefined);
    setWholePolicy(defaultPolicy);
  };
  return {
    ...{ text, token, keyText, encoding, key, policy, at, fault },
    ...{ setKeyText, setEncoding, setAt, setFault },
    setText: (typed) => setRawText(Math.abs(typed.length - text.length) > 1 ? extractToken(typed) : typed),
    setPolicy: (change) => setWholePolicy((before) => ({ ...before, ...change })),
    edit({ header = token.header ?? {}, claims }) {
      const payload = claims === undefined ? (token.segments[1]?.text ?? '{}') : JSON.stringify(claims);
      void write(header, payload, key.jwks[0]);
    },
    async make(templateId, alg) {
      const template = templates.find(({ id }) => id === templateId) ?? templates[0];
      if (template === undefined) return;
      try {
        const [given] = key.jwks;
        const isGiven = canSign(given, alg);
        const jwk = isGiven ? given : await generateKey(alg);
        const header = { alg, typ: template.typ, ...(jwk.kid !== undefined && { kid: jwk.kid }) };
        const claims = template.claims(Math.floor(Date.now() / 1000), crypto.randomUUID());
        setRawText(await signToken(header, JSON.stringify(claims), jwk));
        if (!isGiven) setKeyText(JSON.stringify(jwk, null, 2));
        setAt(undefined);
      } catch (error) {
        setFault((error as Error).message);
      }
    },
    async open(title) {
      const example = await examples[title]?.();
      if (example === undefined) return;
      clear();
      setKeyText(example.key);
      setRawText(example.token);
      setWholePolicy({ ...defaultPolicy, ...example.policy });
    },
    clear,
  };
}
