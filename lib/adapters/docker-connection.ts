import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex } from 'node:stream';
import type Dockerode from 'dockerode';
import { type DockerHost } from './docker-host.js';

/** What the `ssh` program, or the other end, says of a connection that it does not make. */
export class SshError extends Error {
  override readonly name = 'SshError';
}

/** The input and output of an `ssh` as one stream. Both break off before it is known why: whoever
 *  uses the stream must hear the reason, and nothing before it. */
function streamOf(ssh: ChildProcessWithoutNullStreams): Duplex {
  const stream = new Duplex({
    read: () => ssh.stdout.resume(),
    write: (chunk: Buffer, _encoding, done) => void ssh.stdin.write(chunk, () => done()),
    final: (done) => void ssh.stdin.end(() => done()),
    destroy: (error, done) => {
      ssh.kill();
      // However long it takes to end, the program does not wait for it.
      for (const end of [ssh.stdin, ssh.stdout, ssh.stderr]) end.destroy();
      ssh.unref();
      done(error);
    },
  });
  let complaint = '';
  ssh.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  ssh.stdin.on('error', () => undefined);
  ssh.stdout.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) ssh.stdout.pause();
  });
  ssh.once('error', (error: NodeJS.ErrnoException) => {
    const missing = error.code === 'ENOENT';
    stream.destroy(new SshError(missing ? 'the program ssh is not installed' : error.message));
  });
  ssh.once('close', (code, signal) => {
    if (code === 0) stream.push(null);
    else stream.destroy(new SshError(complaint.trim() || `ssh ended with ${code ?? signal}`));
  });
  return stream;
}

/**
 * Connects by the `ssh` program, as Docker's client does, so that its configuration, known hosts and
 * agents hold. Each connection is one `docker system dial-stdio` at the other end.
 */
function sshAgent(target: string, port: number | undefined): Agent {
  const agent = new Agent();
  const where = port === undefined ? [] : ['-p', String(port)];
  const args = ['-o', 'BatchMode=yes', ...where, '--', target, 'docker', 'system', 'dial-stdio'];
  Object.assign(agent, {
    createConnection: (_options: unknown, done: (error: Error | null, stream?: Duplex) => void) => {
      done(null, streamOf(spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'] })));
    },
  });
  return agent;
}

// Where DOCKER_HOST is set, docker-modem reads the files of DOCKER_CERT_PATH, needed or not, and fails
// for want of one.
function withoutDockerHost<T>(make: () => T): T {
  const { DOCKER_HOST: kept } = process.env;
  delete process.env['DOCKER_HOST'];
  try {
    return make();
  } finally {
    if (kept !== undefined) process.env['DOCKER_HOST'] = kept;
  }
}

/** A dockerode that talks to `host`, whatever `DOCKER_HOST` says. `version` is what the paths of the
 *  API begin with; by default nothing, and the engine takes its newest. */
export async function connectDockerode(host: DockerHost, version?: string): Promise<Dockerode> {
  const { default: Docker } = await import('dockerode');
  const unverified = host.kind === 'tcp' && host.tls?.verify === false;
  const agent = unverified ? { agent: await unverifiedAgent() } : {};
  return withoutDockerHost(() => new Docker(dockerOptions(host, agent, version)));
}

function dockerOptions(
  host: DockerHost,
  tlsAgent: { readonly agent?: Agent },
  version: string | undefined,
): Dockerode.DockerOptions {
  // docker-modem fills what is missing, so what does not apply is undefined.
  const none = { host: undefined, port: undefined, socketPath: undefined, version };
  const tls = { ca: undefined, cert: undefined, key: undefined };
  if (host.kind === 'socket') {
    return { ...none, ...tls, protocol: 'http', socketPath: host.path };
  }
  if (host.kind === 'ssh') {
    const agent = sshAgent(host.target, host.port);
    return { ...none, ...tls, protocol: 'http', host: 'docker', port: 80, ...{ agent } };
  }
  return {
    ...none,
    ...tls,
    host: host.host,
    port: host.port,
    protocol: host.tls ? 'https' : 'http',
    ...(host.tls?.ca ? { ca: host.tls.ca } : {}),
    ...(host.tls?.cert ? { cert: host.tls.cert } : {}),
    ...(host.tls?.key ? { key: host.tls.key } : {}),
    ...tlsAgent,
  };
}

// DOCKER_TLS without DOCKER_TLS_VERIFY asks for encryption alone.
async function unverifiedAgent(): Promise<Agent> {
  const https = await import('node:https');
  return new https.Agent({ rejectUnauthorized: false });
}
