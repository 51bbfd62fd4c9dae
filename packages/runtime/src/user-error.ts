/**
 * A fault the user can mend: shown as its message alone, without a stack, and the process exits with code 2.
 * Other packages mark theirs with `userError: true`, so that they need not depend on this one.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  readonly userError = true;
  /** what to do about it */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, options?: { cause?: unknown }) {
    super(message, options);
    this.hint = hint;
  }
}

export const isUserError = (error: unknown): error is Error & { readonly hint?: string } =>
  error instanceof Error && 'userError' in error && error.userError === true;
