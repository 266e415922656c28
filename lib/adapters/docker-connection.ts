import { spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex, PassThrough } from 'node:stream';
import type Dockerode from 'dockerode';
import { type DockerHost } from './docker-host.js';

/** What the `ssh` program, or the other end, says of a connection that it does not make. */
export class SshError extends Error {
  override readonly name = 'SshError';
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
      const ssh = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'] });
      let complaint = '';
      ssh.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
      const output = new PassThrough();
      const stream = Duplex.from({ readable: output, writable: ssh.stdin });
      // The output ends before it is known why: whoever reads it must hear the reason, not the end.
      ssh.stdout.pipe(output, { end: false });
      ssh.stdin.on('error', () => undefined);
      ssh.once('error', (error: NodeJS.ErrnoException) => {
        const missing = error.code === 'ENOENT';
        stream.destroy(new SshError(missing ? 'the program ssh is not installed' : error.message));
      });
      ssh.once('close', (code) => {
        if (code === 0) output.end();
        else stream.destroy(new SshError(complaint.trim() || `ssh exited with ${code}`));
      });
      stream.once('close', () => ssh.kill());
      done(null, stream);
    },
  });
  return agent;
}

/** A dockerode that talks to `host`, whatever `DOCKER_HOST` says. `version` is what the paths of the
 *  API begin with; by default nothing, and the engine takes its newest. */
export async function connectDockerode(host: DockerHost, version?: string): Promise<Dockerode> {
  const { default: Docker } = await import('dockerode');
  // docker-modem fills what is missing from DOCKER_HOST, so what does not apply is undefined.
  const none = { host: undefined, port: undefined, socketPath: undefined, version };
  const tls = { ca: undefined, cert: undefined, key: undefined };
  if (host.kind === 'socket') {
    return new Docker({ ...none, ...tls, protocol: 'http', socketPath: host.path });
  }
  if (host.kind === 'ssh') {
    const agent = sshAgent(host.target, host.port);
    return new Docker({
      ...none,
      ...tls,
      protocol: 'http',
      host: 'docker',
      port: 80,
      ...{ agent },
    });
  }
  return new Docker({
    ...none,
    ...tls,
    host: host.host,
    port: host.port,
    protocol: host.tls ? 'https' : 'http',
    ...(host.tls?.ca ? { ca: host.tls.ca } : {}),
    ...(host.tls?.cert ? { cert: host.tls.cert } : {}),
    ...(host.tls?.key ? { key: host.tls.key } : {}),
    ...(host.tls && !host.tls.verify ? { agent: await unverifiedAgent() } : {}),
  });
}

// DOCKER_TLS without DOCKER_TLS_VERIFY asks for encryption alone.
async function unverifiedAgent(): Promise<Agent> {
  const https = await import('node:https');
  return new https.Agent({ rejectUnauthorized: false });
}
