/**
 * Signs, in what a build step printed, of troubles that pass: mirrors that are away or overloaded,
 * names that do not resolve, connections that break off. A step that failed otherwise fails again.
 */
const PASSING = [
  /temporary failure (in name resolution|resolving)/i,
  /could not resolve( host)?|name or service not known|no such host|getaddrinfo/i,
  /connection (timed out|reset|refused|aborted|closed)|network is unreachable|no route to host/i,
  /(read|operation|request|i\/o|tls handshake) (timed out|timeout)|timed out after|timeout was reached/i,
  /failed to (fetch|download|connect)|unable to (fetch|connect|access)|cannot download/i,
  /could not connect|cannot connect to|remote end hung up|early eof|unexpected eof|broken pipe|closed network connection/i,
  /\b(get|head|put|post|patch) "?https?:\/\/\S+: EOF|deadline exceeded|timeout exceeded/i,
  /hash sum mismatch|file has unexpected size|mirror sync in progress|all mirrors were tried/i,
  /status code: (429|5\d\d)|\b(429 too many requests|50[0234] [a-z ]+|toomanyrequests)\b/i,
  /error:? (429|50[0234])\b|http error 5\d\d/i,
  /incompleteread|readtimeouterror|newconnectionerror|protocolerror|chunkedencodingerror/i,
];

/** Tells whether text that came with a failure says that another attempt may succeed. */
export const looksTransient = (text: string): boolean => PASSING.some((sign) => sign.test(text));

/** Milliseconds to wait before attempt number `attempt` (2 or higher): 1 s, 2 s, 4 s, at most 30 s,
 *  less a part of up to a quarter, so that many images do not come back all at once. `chance` is
 *  from 0 to 1. */
export const backOff = (attempt: number, chance: number): number =>
  Math.min(30_000, 1000 * 2 ** (attempt - 2)) * (1 - chance / 4);
