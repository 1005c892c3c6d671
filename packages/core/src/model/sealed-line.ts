/** One event as the text that was sealed: for a sink that stores lines as they are. */
export interface SealedLine {
  readonly id: string;
  /** The event's `time`. */
  readonly time: string;
  /** One line of canonical JSON without the line feed, as `eventLine` gives it. */
  readonly line: string;
  /** Its length in UTF-8. That of the string, for most: then it is plain ASCII. */
  readonly bytes: number;
}
