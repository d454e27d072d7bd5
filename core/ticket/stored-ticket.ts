/** What is kept of a ticket. Neither the ticket nor the token is. */
export interface StoredTicket {
  /** Hash of the ticket. */
  readonly id: string;
  /** Of the token that it was got with. */
  readonly kid: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** NumericDate. */
  readonly expiresAt: number;
}
