export { type FileSinkOptions, fileSink } from './file-sink.js';
export type { FsyncPolicy, RotateOptions } from './options.js';
