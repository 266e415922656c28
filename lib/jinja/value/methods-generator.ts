import type { Generator } from './generator.js';
import { methodTable, none } from './method.js';
import { PyStopIteration } from './py-error.js';

/** Methods of iterators and generators. */
export const generatorMethods = methodTable('generator', () => ({
  __next__: none((self: Generator) => {
    const { done, value } = self.next();
    if (done === true) throw new PyStopIteration('');
    return value as unknown;
  }),
  __iter__: none((self: Generator) => self),
}));
