/** Python's three ways to format, by the names that the rest of the engine uses. */
export { percentFormat } from './format-percent.js';
export { formatValue } from './format-spec.js';
export { formatMap, formatString, type FormatHooks } from './format-string.js';
