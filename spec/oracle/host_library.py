"""Values and functions that a case may put into its context; spec/jinja/differential/host-library.ts
holds their twins."""

import builtins

import markupsafe
from jinja2 import Undefined, pass_context, pass_environment, pass_eval_context


# -- functions ----------------------------------------------------------------


def echo(*args, **kwargs):
    return f"args={args!r} kwargs={kwargs!r}"


def add(a, b=10):
    return a + b


def identity(value):
    return value


def nothing():
    return None


def fail(kind, message="failed"):
    raise getattr(builtins, kind)(message)


def countdown(start):
    while start > 0:
        yield start
        start -= 1


def make_counter():
    count = 0

    def counter():
        nonlocal count
        count += 1
        return count

    return counter


@pass_context
def lookup(context, name):
    return context.get(name, "nowhere")


@pass_environment
def block_start(environment):
    return environment.block_start_string


@pass_eval_context
def escaping(eval_ctx):
    return eval_ctx.autoescape


def shout(value, mark="!", times=1):
    return f"{value}{mark * times}"


@pass_context
def with_context(context, value, name):
    return f"{value}:{context.resolve(name)}"


@pass_environment
def with_environment(environment, value):
    return f"{value}:{environment.variable_start_string}"


@pass_eval_context
def with_eval_context(eval_ctx, value):
    return f"{value}:{eval_ctx.autoescape}"


def longer(value, limit=3):
    return len(value) > limit


@pass_context
def known(context, value):
    return value in context


def none_to_empty(value):
    return "" if value is None else value


def bracket(value):
    return f"[{value}]"


FUNCTIONS = {
    "echo": echo,
    "add": add,
    "identity": identity,
    "nothing": nothing,
    "fail": fail,
    "countdown": countdown,
    "lookup": lookup,
    "block_start": block_start,
    "escaping": escaping,
}
FILTERS = {
    "shout": shout,
    "with_context": with_context,
    "with_environment": with_environment,
    "with_eval_context": with_eval_context,
}
TESTS = {"longer": longer, "known": known}
GLOBALS = dict(FUNCTIONS, answer=42)
FINALIZERS = {"none_to_empty": none_to_empty, "bracket": bracket}


# -- values -------------------------------------------------------------------


def make_object(spec):
    """An instance of a class made for it: attributes, methods that return a constant, and the
    special methods that a template can feel."""
    members = {"__module__": "builtins"}
    for name, result in spec.get("methods", {}).items():
        members[name] = lambda self, *args, _result=decode(result): _result
    if "items" in spec:
        items = decode(spec["items"])
        members["__getitem__"] = lambda self, key: items[key]
    if "str" in spec:
        members["__str__"] = lambda self: spec["str"]
    if "repr" in spec:
        members["__repr__"] = lambda self: spec["repr"]
    if "html" in spec:
        members["__html__"] = lambda self: spec["html"]
    if "length" in spec:
        members["__len__"] = lambda self: spec["length"]
    if "iter" in spec:
        content = decode(spec["iter"])
        members["__iter__"] = lambda self: iter(content)
    if "truth" in spec:
        members["__bool__"] = lambda self: spec["truth"]
    made = type(spec.get("class", "Thing"), (), members)()
    for name, value in spec.get("attrs", {}).items():
        setattr(made, name, decode(value))
    return made


TAGS = {
    "$tuple": lambda value: tuple(decode(value)),
    "$set": lambda value: set(decode(value)),
    "$frozenset": lambda value: frozenset(decode(value)),
    "$dict": lambda pairs: {decode(key): decode(value) for key, value in pairs},
    "$float": float,
    "$int": int,
    "$bytes": lambda text: text.encode("latin-1"),
    "$markup": markupsafe.Markup,
    "$range": lambda bounds: range(*bounds),
    "$generator": lambda values: (value for value in decode(values)),
    "$object": make_object,
    "$function": lambda name: make_counter() if name == "counter" else FUNCTIONS[name],
    "$undefined": lambda name: Undefined(name=name),
}


def decode(value):
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        if len(value) == 1:
            ((key, content),) = value.items()
            if key in TAGS:
                return TAGS[key](content)
        return {key: decode(item) for key, item in value.items()}
    return value
