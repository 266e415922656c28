// node bare-client.js <tree> <threads>: sends the contexts that lie in the folders of a working tree
// to the daemon of DOCKER_HOST, each as soon as its parent is built, and does nothing else. It prints
// the seconds that took: the least that any builder of these images takes.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { URLSearchParams } from 'node:url';

const [tree, threads] = process.argv.slice(2);
const socketPath = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').slice(
  'unix://'.length,
);
const agent = new Agent({ keepAlive: true });

const images = readdirSync(tree)
  .filter((name) => name.startsWith('bench-'))
  .map((name) => {
    const files = [
      'Dockerfile',
      ...readdirSync(join(tree, name)).filter((f) => f !== 'Dockerfile'),
    ];
    const context = execFileSync('tar', ['-C', join(tree, name), '--format=ustar', '-c', ...files]);
    const parent = /^FROM (\S+)/.exec(readFileSync(join(tree, name, 'Dockerfile'), 'utf8'))[1];
    return { name, parent, context };
  });
const prefix = images.find(({ name }) => name === 'bench-middle0').parent.split('bench-base');
const fullName = (name) => `${prefix[0]}${name}${prefix[1]}`;
const created = new Date().toISOString();

function build({ name, context }) {
  const labels = JSON.stringify({ 'org.opencontainers.image.created': created, title: name });
  const query = {
    version: '2',
    t: fullName(name),
    rm: '1',
    forcerm: '1',
    networkmode: 'none',
    labels,
  };
  return new Promise((resolve, reject) => {
    const path = `/build?${new URLSearchParams(query)}`;
    const headers = { 'content-type': 'application/x-tar', 'content-length': context.length };
    const post = request({ socketPath, agent, method: 'POST', path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece) => (text += piece));
      answer.on('end', () =>
        text.includes('moby.image.id') ? resolve() : reject(new Error(text.slice(-300))),
      );
    });
    post.on('error', reject);
    post.end(context);
  });
}

const began = performance.now();
const ready = images.filter(({ parent }) => !images.some(({ name }) => fullName(name) === parent));
let running = 0;
await new Promise((resolve, reject) => {
  const next = () => {
    if (running === 0 && ready.length === 0) resolve();
    while (running < Number(threads) && ready.length > 0) {
      const image = ready.shift();
      running += 1;
      build(image).then(() => {
        running -= 1;
        ready.push(...images.filter(({ parent }) => parent === fullName(image.name)));
        next();
      }, reject);
    }
  };
  next();
});
agent.destroy();
console.log((performance.now() - began) / 1000);
