import { SshError } from './docker-connection.js';
import { EngineError, type EngineFailure } from './engine.js';
import { UnreadableFileError } from './tar-writer.js';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'EACCES',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'EAI_AGAIN',
]);
const LOST = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ECONNABORTED',
  'UND_ERR_SOCKET',
]);

// Certificates that do not fit are as wrong at the next attempt.
const TLS = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|EPROTO$)/;

const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there; is the service running?',
  ENOENT: 'there is no such socket; is the service running?',
  EACCES: 'this user may not open it; being in the group "docker", or root, helps',
};

/** Characters of a page that are shown. */
const SHOWN = 300;

/** What an answer that is a page says, in one line. */
function pageText(text: string): string {
  if (!/^\s*<(!doctype|html|head|body|\?xml)/i.test(text)) return text;
  const words = text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words.length > SHOWN ? `${words.slice(0, SHOWN)}...` : words;
}

/** What went wrong with an engine at `address`, as an `EngineError` with a message for users. */
export function engineError(
  error: unknown,
  otherwise: EngineFailure,
  address: string,
): EngineError {
  if (error instanceof EngineError) return error;
  if (error instanceof UnreadableFileError) {
    return new EngineError('request', error.message, { cause: error });
  }
  const { code, name, message, statusCode, json } = error as NodeJS.ErrnoException & {
    statusCode?: number;
    json?: { message?: string; cause?: string } | null;
  };
  if (error instanceof SshError) {
    return new EngineError('unreachable', `Cannot reach ${address}: ${message}`, { cause: error });
  }
  if (code !== undefined && TLS.test(code)) {
    const text =
      `No secure connection to ${address}: ${message.trim()}; DOCKER_CERT_PATH must hold the ` +
      `ca.pem that the daemon's certificate is signed with, and a cert.pem and key.pem for us`;
    return new EngineError('request', text, { cause: error });
  }
  if (name === 'AbortError' || code === 'ABORT_ERR') {
    return new EngineError('cancelled', 'Stopped', { cause: error });
  }
  if (statusCode !== undefined) {
    // dockerode puts its own words around the engine's; users need the engine's alone.
    const said = json?.message ?? message.replace(/^\(HTTP code \d+\) [^-]*- ?/, '');
    const text = pageText(said).trim() || `The engine answered with status ${statusCode}`;
    return new EngineError('request', text, { cause: error, statusCode });
  }
  if (code?.startsWith('HPE_')) {
    const text = `What listens at ${address} is no container engine: ${message}`;
    return new EngineError('request', text, { cause: error });
  }
  if (code !== undefined && UNREACHABLE.has(code)) {
    const hint = HINTS[code] ?? message;
    return new EngineError('unreachable', `Cannot reach ${address}: ${hint}`, { cause: error });
  }
  if ((code !== undefined && LOST.has(code)) || /aborted|socket hang up/.test(message)) {
    return new EngineError('lost', `The connection to ${address} broke off`, { cause: error });
  }
  return new EngineError(otherwise, message, { cause: error });
}
