import type { PareError } from '../../base/pare-error.ts';
import { badModelText } from '../errors.ts';
import { isFloatWord } from './text-name.ts';

/** How much of the faulty line an error shows. */
const SHOWN = 120;

export interface Literal {
  readonly kind: 'int' | 'float' | 'string';
  /** As written; for strings, their contents. */
  readonly text: string;
  readonly at: number;
}

/** Reads the words of ONNX's textual syntax; white space and `#` comments separate them. */
export class TextReader {
  readonly #text: string;
  readonly #source: string;
  #position = 0;

  /** @param source what the text is, for error messages */
  constructor(text: string, source: string) {
    this.#text = text;
    this.#source = source;
  }

  /** Offset of the next word. */
  get at(): number {
    this.#position = this.#match(/(?:\s|#[^\n]*)*/y).end;
    return this.#position;
  }

  /** The next character; '' at the end. */
  get next(): string {
    return this.#text.charAt(this.at);
  }

  matches(symbol: string): boolean {
    if (!this.#text.startsWith(symbol, this.at)) return false;
    this.#position += symbol.length;
    return true;
  }

  expect(symbol: string, why: string): void {
    if (!this.matches(symbol)) throw this.fail(`"${symbol}" is missing ${why}`);
  }

  /** The bare word that comes next, '' if there is none; does not step over it. */
  peekWord(): string {
    return this.#match(/[A-Za-z_][A-Za-z0-9_]*/y, this.at).text;
  }

  /** A bare word. @param what for the message where there is none */
  word(what: string): string {
    const word = this.peekWord();
    if (word === '') throw this.fail(`${what} is missing`);
    this.#position += word.length;
    return word;
  }

  /** A bare word or a string; undefined where neither comes next. */
  optionalName(): string | undefined {
    if (this.next === '"') return this.string('a name');
    return this.peekWord() === '' ? undefined : this.word('a name');
  }

  name(what: string): string {
    const name = this.optionalName();
    if (name === undefined) throw this.fail(`${what} is missing`);
    return name;
  }

  string(what: string): string {
    const { text, end } = this.#match(/"(?:[^"\\]|\\[\s\S])*"/y, this.at);
    if (text === '')
      throw this.fail(this.next === '"' ? 'a string has no end' : `${what} in quotes is missing`);
    this.#position = end;
    return text.slice(1, -1).replace(/\\([\s\S])/g, '$1');
  }

  /** A string or a number; `inf` and `nan` are numbers. */
  literal(what: string): Literal {
    const { at } = this;
    if (this.next === '"') return { kind: 'string', text: this.string(what), at };
    const { text, end } = this.#match(/-?(?:\d+(\.\d*)?([eE][+-]?\d+)?|[A-Za-z]+)/y, at);
    if (!/\d/.test(text) && !isFloatWord(text.replace('-', ''))) throw this.fail(`${what} is missing`);
    this.#position = end;
    return { kind: /^-?\d+$/.test(text) ? 'int' : 'float', text, at };
  }

  /** An int64 not below zero that a double holds, such as a version. */
  count(what: string): number {
    const { kind, text, at } = this.literal(what);
    const count = Number(text);
    if (kind !== 'int' || count < 0 || !Number.isSafeInteger(count))
      throw this.fail(`${what} cannot be ${text}`, at);
    return count;
  }

  /** An error that shows line and column of `at`, by default of the next word. */
  fail(reason: string, at = this.at): PareError {
    const before = this.#text.slice(0, at).split('\n');
    const line = this.#text.split('\n')[before.length - 1];
    const column = (before.at(-1) ?? '').length + 1;
    return badModelText(
      this.#source,
      { line: before.length, column, shown: line.trim().slice(0, SHOWN) },
      reason,
    );
  }

  #match(pattern: RegExp, from = this.#position): { text: string; end: number } {
    pattern.lastIndex = from;
    const text = pattern.exec(this.#text)?.[0] ?? '';
    return { text, end: from + text.length };
  }
}
