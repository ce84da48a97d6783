/** A text as token numbers. */
export interface TokenIds {
  readonly ids: readonly number[];
  /** Which text of a pair each token is of; all 0 for one text. */
  readonly typeIds: readonly number[];
}

/** Turns texts into token numbers. */
export interface Encoder {
  /** At most `maxLength` tokens (by default any number); what a model wants around the text stays. */
  encode(text: string, maxLength?: number): TokenIds;
  /** Undefined where there is no padding token. */
  readonly padId: number | undefined;
  /** Tokens there are, where that is known: all numbers are below it. */
  readonly size?: number;
}
