import type { ErrorFrame, ErrorPosition } from './errors.js';
import { linesOf, type Span } from './source.js';

/** How `formatError` writes. */
export interface FormatErrorOptions {
  /** ANSI colours. Default false. */
  readonly color?: boolean;
  /** Lines shown above the failing one. Default 1. */
  readonly contextLines?: number;
  /** Lines to add at the end, such as which image was rendered. */
  readonly notes?: readonly string[];
}

const STYLES = { red: '31', blue: '34', bold: '1', cyan: '36' } as const;

type Paint = (style: keyof typeof STYLES, text: string) => string;

const place = (
  name: string | null | undefined,
  span: Span | undefined,
  lineno?: number,
): string => {
  const line = span?.line ?? lineno;
  const where = name ?? '<template>';
  if (line === undefined) return where;
  return `${where}:${line}${span === undefined ? '' : `:${span.column}`}`;
};

/** The failing line with a caret below, and the lines above it. */
function excerpt(error: ErrorPosition, contextLines: number, paint: Paint): string[] {
  const { source, span } = error;
  const line = span?.line ?? error.lineno;
  if (source === undefined || line === undefined) return [];
  const shown = linesOf(source, line - contextLines, line);
  const width = String(line).length;
  const rows = shown.map(
    ({ line: number, text }) => `${paint('blue', `${String(number).padStart(width)} |`)} ${text}`,
  );
  if (span === undefined) return rows;
  const text = shown.at(-1)?.text ?? '';
  const before = [...text].slice(0, span.column - 1);
  const rest = [...text].length - before.length;
  const carets = '^'.repeat(Math.max(1, Math.min(span.end - span.start, rest)));
  // Tabs stay tabs, so that the caret stands below its character.
  const indent = before.map((char) => (char === '\t' ? '\t' : ' ')).join('');
  const hint = error.suggestion === undefined ? '' : ` did you mean '${error.suggestion}'?`;
  rows.push(`${paint('blue', `${' '.repeat(width)} |`)} ${indent}${paint('red', carets + hint)}`);
  return rows;
}

function entered(frame: ErrorFrame): string {
  switch (frame.via) {
    case 'macro':
      return `call of macro "${frame.name ?? ''}"`;
    case 'block':
      return `block "${frame.name ?? ''}"`;
    case 'caller':
      return 'body of a call block';
    case 'template':
      return 'template';
    default:
      return frame.via;
  }
}

/**
 * Writes an error for people: class and message, template:line:column, the failing line with a caret
 * and a near-miss name, and the way in through includes, imports, inheritance and macro calls.
 * Errors without a position come out as class and message. Pure; ends without a newline.
 */
export function formatError(error: unknown, options: FormatErrorOptions = {}): string {
  const { color = false, contextLines = 1, notes = [] } = options;
  const paint: Paint = (style, text) => (color ? `\x1b[${STYLES[style]}m${text}\x1b[0m` : text);
  if (!(error instanceof Error)) return String(error);
  const positioned = error as Error & ErrorPosition;
  const { templateName, span, lineno, blockName, chain = [] } = positioned;
  const lines = [`${paint('red', error.name)}: ${paint('bold', error.message)}`];
  if (span !== undefined || lineno !== undefined) {
    const block = blockName === undefined ? '' : `, in block "${blockName}"`;
    const name = positioned.filename ?? templateName;
    lines.push(`  ${paint('blue', '-->')} ${place(name, span, lineno)}${block}`);
    lines.push(...excerpt(positioned, contextLines, paint));
  }
  for (const frame of chain) {
    const where = place(frame.templateName, frame.span, frame.lineno);
    lines.push(`  ${paint('cyan', 'via')} ${where}, ${entered(frame)}`);
  }
  lines.push(...notes.map((note) => `  ${note}`));
  return lines.join('\n');
}
