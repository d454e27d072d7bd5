/** What the fragment brought along. */
export interface Arrival {
  /** `#token=`: a token to look at. */
  readonly token?: string;
  /** `#admin=`: a short-lived admin token of the stack that serves the page. */
  readonly admin?: string;
}

/** Reads the fragment once and takes tokens out of the address bar and the history at once. */
export function arrive(): Arrival {
  const [, name, value] = /^#(token|admin)=(.+)$/.exec(location.hash) ?? [];
  if (name === undefined || value === undefined) return {};
  history.replaceState(null, '', location.pathname + location.search);
  return { [name]: decoded(value) };
}

/** A fragment that anybody made may be no encoding of anything: it is then shown as it is. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
