/** A file of somebody else's, read. */
export interface ImportFile {
  /** as it is named in messages */
  readonly name: string;
  readonly text: string;
}
