/** What a {@link PareError} is built from. All texts are one sentence each, written for the person who must act. */
export interface PareErrorDetails {
  /** Stable, kebab-case; programs may branch on it. */
  code: string;
  /** What was found. */
  message: string;
  /** File, node, tensor or option it was found at. */
  where?: string | undefined;
  expected?: string | undefined;
  got?: string | undefined;
  /** What to do next. */
  hint?: string | undefined;
  cause?: unknown;
  /** True when the request itself was wrong (exit code 2), not its execution (exit code 1). */
  isUsage?: boolean;
}

/** The one error type pare throws on purpose; each layer's `errors.ts` has one builder a message. */
export class PareError extends Error {
  override readonly name = 'PareError';
  readonly code: string;
  readonly where: string | undefined;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly hint: string | undefined;
  readonly isUsage: boolean;

  constructor(details: PareErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.where = details.where;
    this.expected = details.expected;
    this.got = details.got;
    this.hint = details.hint;
    this.isUsage = details.isUsage ?? false;
  }
}
