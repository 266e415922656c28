"""Evaluates operations on values, as lib/jinja/value does them.

Reads a JSON list of cases from stdin, writes a JSON list of answers to stdout. A case is
[operation, [value, ...], {keyword: value}, [name, ...]]; values are tagged, see `decode`.
"""
import json
import math
import operator
import sys

sys.set_int_max_str_digits(4300)

BINARY = {
    '+': operator.add, '-': operator.sub, '*': operator.mul, '/': operator.truediv,
    '//': operator.floordiv, '%': operator.mod, '**': operator.pow,
    '==': operator.eq, '!=': operator.ne, '<': operator.lt, '<=': operator.le,
    '>': operator.gt, '>=': operator.ge,
}


def decode(value):
    tag, *rest = value
    if tag == 'none':
        return None
    if tag == 'bool':
        return rest[0]
    if tag == 'int':
        return int(rest[0], 16)
    if tag == 'float':
        return float(rest[0])
    if tag == 'str':
        return rest[0]
    if tag == 'list':
        return [decode(item) for item in rest[0]]
    if tag == 'tuple':
        return tuple(decode(item) for item in rest[0])
    if tag == 'dict':
        return {decode(key): decode(item) for key, item in rest[0]}
    if tag == 'set':
        return {decode(item) for item in rest[0]}
    if tag == 'frozenset':
        return frozenset(decode(item) for item in rest[0])
    if tag == 'bytes':
        return bytes(rest[0])
    if tag == 'range':
        return range(*(decode(item) for item in rest))
    if tag == 'slice':
        return slice(*(decode(item) for item in rest))
    if tag == 'view':
        return getattr(decode(rest[1]), rest[0])()
    raise AssertionError(tag)


def evaluate(operation, values, kwargs, names):
    if operation in BINARY:
        return BINARY[operation](*values)
    if operation == 'bind':
        scope = {}
        exec('def f(%s): return locals()' % names[0], scope)
        return [
            sorted(value.items()) if type(value) is dict else value
            for value in scope['f'](*values, **kwargs).values()
        ]
    if operation == 'neg':
        return -values[0]
    if operation == 'pos':
        return +values[0]
    if operation == 'in':
        return values[1] in values[0]
    if operation == 'method':
        return getattr(values[0], names[0])(*values[1:], **kwargs)
    if operation == 'mutate':
        result = getattr(values[0], names[0])(*values[1:], **kwargs)
        return (result, values[0])
    if operation == 'attribute':
        return getattr(values[0], names[0])
    if operation == 'item':
        return values[0][values[1]]
    return {
        'str': str, 'repr': repr, 'ascii': ascii, 'bool': bool, 'len': len, 'list': list,
        'int': int, 'float': float, 'format': format, 'round': round, 'sorted': sorted,
        'hash': lambda value: hash(value) is None, 'type': lambda value: type(value).__name__,
        'new': lambda *args: getattr(__builtins__, names[0])(*args, **kwargs),
    }[operation](*values)


def show(result):
    # The order of a set depends on the hash seed.
    if isinstance(result, (set, frozenset)):
        return '%s: %s' % (type(result).__name__, ', '.join(sorted(map(repr, result))))
    if type(result) is tuple and any(isinstance(item, (set, frozenset)) for item in result):
        return '; '.join(map(show, result))
    return repr(result)


def answer(case):
    operation, values, kwargs, names = case
    try:
        result = evaluate(
            operation,
            [decode(value) for value in values],
            {key: decode(value) for key, value in kwargs.items()},
            names,
        )
        return ['ok', show(result)]
    except Exception as error:
        return ['error', type(error).__name__, str(error)]


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
