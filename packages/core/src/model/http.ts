/** The smallest request that whodunit needs: node:http's, and so Express's; Fastify's has the same members. */
export interface HttpRequest {
  readonly method?: string;
  readonly url?: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Where the client says it is, by the framework's own `trust proxy` policy, and what it merely claims. */
export interface ClientAddress {
  readonly ip?: string;
  readonly chain?: readonly string[];
}
