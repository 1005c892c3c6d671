import { type Document, deserialize, serialize } from 'bson';

const REPLY = 1;
const QUERY = 2004;
const MESSAGE = 2013;
const MORE_TO_COME = 2;

/** One command of a client, as MongoDB's wire protocol brings it. */
export interface Request {
  readonly id: number;
  readonly command: Document;
  /** The first message of a connection comes in the old format, and is answered in it. */
  readonly isOld: boolean;
  /** The client waits for no answer (`w: 0`). */
  readonly isSilent: boolean;
}

/** Takes whole messages out of what has come so far. */
export function requestsIn(bytes: Buffer): { readonly requests: Request[]; readonly rest: Buffer } {
  const requests: Request[] = [];
  let at = 0;
  while (bytes.length - at >= 16 && bytes.length - at >= bytes.readInt32LE(at)) {
    const message = bytes.subarray(at, at + bytes.readInt32LE(at));
    requests.push(message.readInt32LE(12) === QUERY ? oldRequest(message) : request(message));
    at += message.length;
  }
  return { requests, rest: bytes.subarray(at) };
}

/** The answer to a request. */
export function replyTo({ id, isOld }: Request, answer: Document): Buffer {
  const body = Buffer.from(serialize(answer));
  // Old: flags, cursor, start, number of documents. New: flags, kind of section.
  const head = Buffer.alloc(isOld ? 20 : 5);
  if (isOld) head.writeInt32LE(1, 16);
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + head.length + body.length, 0);
  header.writeInt32LE(id, 8);
  header.writeInt32LE(isOld ? REPLY : MESSAGE, 12);
  return Buffer.concat([header, head, body]);
}

function oldRequest(message: Buffer): Request {
  const afterName = message.indexOf(0, 20) + 1;
  return { id: message.readInt32LE(4), command: read(message.subarray(afterName + 8)), isOld: true, isSilent: false };
}

/** A command, and sequences of documents that stand beside it. */
function request(message: Buffer): Request {
  const command: Document = {};
  let at = 20;
  while (at < message.length) {
    const kind = message.readUInt8(at);
    const size = message.readInt32LE(at + 1);
    const section = message.subarray(at + 1, at + 1 + size);
    if (kind === 0) Object.assign(command, read(section));
    else {
      const afterName = section.indexOf(0, 4) + 1;
      command[section.toString('utf8', 4, afterName - 1)] = documentsIn(section.subarray(afterName));
    }
    at += 1 + size;
  }
  const isSilent = (message.readUInt32LE(16) & MORE_TO_COME) !== 0;
  return { id: message.readInt32LE(4), command, isOld: false, isSilent };
}

function documentsIn(bytes: Buffer): Document[] {
  const documents: Document[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at)) documents.push(read(bytes.subarray(at)));
  return documents;
}

function read(bytes: Buffer): Document {
  return deserialize(bytes.subarray(0, bytes.readInt32LE(0)));
}
