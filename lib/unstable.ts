/**
 * What tools need and what may change in any release: the tree with its walkers, tokens, the
 * generated code.
 */
export type * from './jinja/ast.js';
export { findAll, forEachChild, walk } from './jinja/ast.js';
export type { GeneratedCode } from './jinja/code-writer.js';
export { CodeGenerator } from './jinja/codegen.js';
export { Lexer, describeToken, type Token, type TokenType } from './jinja/lexer.js';
export { Parser } from './jinja/parser.js';
export { spanOf } from './jinja/source.js';
