import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { Template as HuggingFaceTemplate } from '@huggingface/jinja';
import { Environment as MiniJinja } from 'minijinja-js/dist/node/minijinja_js.js';
import nunjucks from 'nunjucks';
import { DictLoader, Environment } from '../../../dist/jinja/index.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const ORACLES = process.env.KOLLAGE_ORACLES ?? join(ROOT, '.oracles');

const FUNCTIONS = {
  debian_package_install: (packages, clean = true) =>
    `apt-get install ${packages.join(' ')}${clean ? ' && clean' : ''}`,
  handle_repos: (names, mode) => `RUN repos ${mode} ${names.join(' ')}`,
  raise_error: (message) => {
    throw new Error(message);
  },
};
const customizable = (value) => value;

/** Seconds of CPU time, which a busy machine does not stretch. */
const timed = (work) => {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
};

/** A rival that runs in this process. `load(templates)` gives an environment, `prepare(env, names)`
 *  compiles, `render(env, name, context)` renders. */
function inProcess({ name, load, prepare, render }) {
  return {
    name,
    async start({ templates, context }) {
      const env = load(templates);
      return {
        async once(names) {
          const texts = {};
          for (const template of names) {
            try {
              prepare(env, [template]);
              texts[template] = render(env, template, context);
            } catch {
              texts[template] = null;
            }
          }
          return texts;
        },
        async compile(names, times) {
          return timed(() => {
            for (let i = 0; i < times; i++) prepare(load(templates), names);
          });
        },
        async render(names, times) {
          return timed(() => {
            for (let i = 0; i < times; i++) for (const it of names) render(env, it, context);
          });
        },
        async both(names, times) {
          return timed(() => {
            for (let i = 0; i < times; i++) {
              const fresh = load(templates);
              prepare(fresh, names);
              for (const it of names) render(fresh, it, context);
            }
          });
        },
        close() {},
      };
    },
  };
}

const kollage = inProcess({
  name: 'kollage/jinja',
  load: (templates) => {
    const env = new Environment({ loader: new DictLoader(templates), autoReload: false });
    Object.assign(env.globals, FUNCTIONS);
    env.filters.customizable = customizable;
    return env;
  },
  prepare: (env, names) => {
    for (const name of names) env.getTemplate(name).compile();
  },
  render: (env, name, context) => env.getTemplate(name).render(context),
});

class NunjucksDict extends nunjucks.Loader {
  constructor(templates) {
    super();
    this.templates = templates;
  }
  getSource(name) {
    return { src: this.templates[name], path: name, noCache: false };
  }
}

const rawNunjucks = inProcess({
  name: 'nunjucks',
  load: (templates) => {
    const env = new nunjucks.Environment(new NunjucksDict(templates), { autoescape: false });
    for (const [name, fn] of Object.entries(FUNCTIONS)) env.addGlobal(name, fn);
    env.addFilter('customizable', customizable);
    return env;
  },
  prepare: (env, names) => {
    for (const name of names) env.getTemplate(name, true);
  },
  render: (env, name, context) => env.render(name, context),
});

const miniJinja = inProcess({
  name: 'minijinja-js',
  load: (templates) => {
    const env = new MiniJinja();
    env.enablePyCompat();
    for (const [name, fn] of Object.entries(FUNCTIONS)) env.addGlobal(name, fn);
    env.addFilter('customizable', customizable);
    // Its templates are compiled as they are added.
    for (const [name, source] of Object.entries(templates)) env.addTemplate(name, source);
    return env;
  },
  prepare: () => undefined,
  render: (env, name, context) => env.renderTemplate(name, context),
});

const huggingFace = inProcess({
  name: '@huggingface/jinja',
  load: (templates) => ({ templates, compiled: new Map() }),
  prepare: (env, names) => {
    for (const name of names) env.compiled.set(name, new HuggingFaceTemplate(env.templates[name]));
  },
  render: (env, name, context) => env.compiled.get(name).render({ ...FUNCTIONS, ...context }),
});

/** Python's Jinja2, which times itself. */
const jinja2 = {
  name: "Python's Jinja2",
  async start({ templates, context }) {
    const python = ['jinja2', 'kolla-22.0.0']
      .map((folder) => join(ORACLES, folder, 'bin/python'))
      .find((path) => existsSync(path));
    if (python === undefined) throw new Error('no Python with Jinja2; .ci/oracles installs it');
    const child = spawn(python, [join(import.meta.dirname, 'worker.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ask = async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error("Python's Jinja2 has ended");
      return JSON.parse(value);
    };
    await ask({ templates, context });
    return {
      once: async (names) => (await ask({ do: 'once', names })).texts,
      compile: async (names, times) => (await ask({ do: 'compile', names, times })).seconds,
      render: async (names, times) => (await ask({ do: 'render', names, times })).seconds,
      both: async (names, times) => (await ask({ do: 'both', names, times })).seconds,
      close: () => child.stdin.end(),
    };
  },
};

export const OURS = kollage;
export const REFERENCE = jinja2;
export const OTHERS = [rawNunjucks, miniJinja, huggingFace];
