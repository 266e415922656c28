import { performance } from 'node:perf_hooks';
import { OTHERS, OURS, REFERENCE } from './jinja/rivals.js';
import { workloads } from './jinja/workloads.js';
import { median } from './measure.js';

const milliseconds = (seconds) => {
  const ms = seconds * 1000;
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`;
};

/** nunjucks keeps the newline at the end of a template; that alone is no other output. */
const comparable = (text) => text?.replace(/\n$/, '') ?? null;

/** Seconds that each side only warms up. */
const WARM_UP = { compile: 1, both: 1, render: 3 };
const STEPS = Object.keys(WARM_UP);
/** Measured rounds per run: rendering takes so little that one pause of V8's is a third of it. */
const ROUNDS = { compile: 1, both: 1, render: 7 };

/** Times a rival and us in turn on the templates that both render alike. */
async function duel(workload, rival, ours, names, runs) {
  const samples = {};
  for (const step of STEPS) {
    const times = workload.times[step === 'both' ? 'compile' : step];
    const rounds = { rival: [], ours: [] };
    for (const runner of [rival, ours]) {
      const end = performance.now() + WARM_UP[step] * 1000;
      do await runner[step](names, times);
      while (performance.now() < end);
    }
    for (let round = 0; round < runs * ROUNDS[step]; round++) {
      const turns = [
        ['rival', rival],
        ['ours', ours],
      ].sort(() => Math.random() - 0.5);
      for (const [side, runner] of turns) {
        rounds[side].push((await runner[step](names, times)) / times);
      }
    }
    samples[step] = rounds;
  }
  return samples;
}

async function benchWorkload(workload, runs) {
  const reference = await REFERENCE.start(workload);
  const ours = await OURS.start(workload);
  const expected = await reference.once(workload.names);
  const valid = workload.names.filter((name) => expected[name] !== null);
  const own = await ours.once(valid);
  const wrong = valid.filter((name) => own[name] !== expected[name]);
  if (wrong.length > 0)
    throw new Error(`output differs from Python's: ${wrong.slice(0, 5).join(', ')}`);
  console.log(
    `  ${workload.name}: ${valid.length} rendered, byte for byte as Python's Jinja2 does`,
  );
  for (const rival of [REFERENCE, ...OTHERS]) {
    const runner = rival === REFERENCE ? reference : await rival.start(workload).catch(() => null);
    const texts = (await runner?.once(valid)) ?? {};
    const alike = valid.filter((name) => comparable(texts[name]) === comparable(expected[name]));
    if (alike.length === 0) {
      console.log(`    ${rival.name} renders none of them alike`);
      continue;
    }
    const samples = await duel(workload, runner, ours, alike, runs);
    const cells = STEPS.map((step) => {
      const theirs = median(samples[step].rival);
      const mine = median(samples[step].ours);
      const what = { compile: 'compile', both: 'compile and render once', render: 'render' }[step];
      return `${what} ${milliseconds(theirs)}, ours ${milliseconds(mine)}: ${(theirs / mine).toFixed(1)} times`;
    });
    console.log(`    ${rival.name} (${alike.length} alike)\n      ${cells.join('\n      ')}`);
    runner.close();
  }
  ours.close();
}

/** Compiling and rendering inside one process: Python's Jinja2 and the engines that Node has,
 *  each against us, on what it renders as Python does. */
export async function bench({ runs }) {
  console.log('  medians of CPU time; each rival against us on what it renders as Python does');
  for (const workload of workloads()) await benchWorkload(workload, runs);
}
