/**
 * Python's built-in exceptions, as Jinja lets them through. `name` is Python's class name and
 * `message` is what Python's `str(exception)` prints.
 */
export class PyError extends Error {
  override name = 'Exception';
}

export class PyTypeError extends PyError {
  override name = 'TypeError';
}
export class PyValueError extends PyError {
  override name = 'ValueError';
}
export class PyAttributeError extends PyError {
  override name = 'AttributeError';
}
export class PyNameError extends PyError {
  override name = 'NameError';
}
export class PyLookupError extends PyError {
  override name = 'LookupError';
}
/** `message` is the repr of the key, as `str(KeyError(key))` is. */
export class PyKeyError extends PyLookupError {
  override name = 'KeyError';
}
export class PyIndexError extends PyLookupError {
  override name = 'IndexError';
}
export class PyArithmeticError extends PyError {
  override name = 'ArithmeticError';
}
export class PyZeroDivisionError extends PyArithmeticError {
  override name = 'ZeroDivisionError';
}
export class PyOverflowError extends PyArithmeticError {
  override name = 'OverflowError';
}
export class PyRuntimeError extends PyError {
  override name = 'RuntimeError';
}
export class PyRecursionError extends PyRuntimeError {
  override name = 'RecursionError';
}
export class PyNotImplementedError extends PyRuntimeError {
  override name = 'NotImplementedError';
}
export class PyStopIteration extends PyError {
  override name = 'StopIteration';
}
export class PyMemoryError extends PyError {
  override name = 'MemoryError';
}
export class PyAssertionError extends PyError {
  override name = 'AssertionError';
}
export class PyUnicodeError extends PyValueError {
  override name = 'UnicodeError';
}
export class PyUnicodeEncodeError extends PyUnicodeError {
  override name = 'UnicodeEncodeError';
}
export class PyUnicodeDecodeError extends PyUnicodeError {
  override name = 'UnicodeDecodeError';
}
/** What Python says to code that Jinja generates and that cannot be compiled. */
export class PySyntaxError extends PyError {
  override name = 'SyntaxError';
}
