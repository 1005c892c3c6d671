/** Why the receiver did not take a request, and how it answers. The sender sees the status and the reason. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, why: string) {
    super(why);
    this.name = 'Refusal';
    this.status = status;
  }
}
