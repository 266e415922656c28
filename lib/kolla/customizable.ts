import { passContext, pyFunction } from '../jinja/value/callable.js';
import { contains } from '../jinja/value/compare.js';
import { iterate } from '../jinja/value/iterate.js';
import { PyKeyError } from '../jinja/value/py-error.js';
import { isUndefined } from '../jinja/undefined.js';
import { add } from '../jinja/value/ops.js';
import { callMethod } from './call-method.js';
import type { TemplateContext } from './template-context.js';

/**
 * kolla's filter `list | customizable('packages')`. With the prefix `<image>_<argument>_`, dashes of
 * the image's name as underscores: a variable `..._override` takes the list's place; else
 * `..._append` is added to the list itself, and the first equal element of each of `..._remove` is
 * taken out of it. An undefined list stays undefined. Source: kolla: template/filters.py.
 */
export const customizable = passContext(
  pyFunction(
    'customizable',
    'context, val_list, call_type',
    (context: TemplateContext, list: unknown, type: unknown) => {
      if (isUndefined(list)) return list;
      if (!context.has('image_name')) throw new PyKeyError("'image_name'");
      const image = callMethod(context.get('image_name'), 'replace', '-', '_');
      const prefix = add(add(add(image, '_'), type), '_') as string;
      if (context.has(`${prefix}override`)) return context.get(`${prefix}override`);
      if (context.has(`${prefix}append`)) {
        callMethod(list, 'extend', context.get(`${prefix}append`));
      }
      if (context.has(`${prefix}remove`)) {
        for (const item of iterate(context.get(`${prefix}remove`))) {
          if (contains(list, item)) callMethod(list, 'remove', item);
        }
      }
      return list;
    },
  ),
);
