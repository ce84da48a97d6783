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
  /** Always `PareError`. */
  override readonly name = 'PareError';
  /** Stable, kebab-case; programs may branch on it. */
  readonly code: string;
  /** File, node, tensor or option it was found at. */
  readonly where: string | undefined;
  /** What would have been right. */
  readonly expected: string | undefined;
  /** What was there instead. */
  readonly got: string | undefined;
  /** What to do next. */
  readonly hint: string | undefined;
  /** True when the request itself was wrong, not its execution. */
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
