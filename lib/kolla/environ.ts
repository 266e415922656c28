import { Dict } from '../jinja/value/dict.js';
import { REPR, TYPE_NAME } from '../jinja/value/protocol.js';
import { repr } from '../jinja/value/repr.js';

/** The `env` variable: the environment of the process, a mapping that prints as Python's does. */
export class Environ extends Dict<string, string> {
  [REPR](): string {
    return `environ(${repr(new Dict(this))})`;
  }

  get [TYPE_NAME](): string {
    return '_Environ';
  }
}
