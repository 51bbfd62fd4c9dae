/** The database cannot be used as it is, and the message says what the owner can do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  /** a fault the owner must mend: shown without a stack, exit code 2 */
  readonly userError = true;
}
