"""Answers what Python's Jinja2 makes of a batch of templates.

Reads one JSON request per line on stdin and writes one JSON answer per line on stdout:

    {"cases": [case, ...]}   -> {"answers": [{"output": str} | {"error": {...}}, ...]}
    {"cover": [case, ...]}   -> {"filters": [...], "tests": [...], "globals": [...], "methods": [...]}
    {"names": true}          -> the same shape: every name that Jinja2 and Python have to offer
    {"versions": true}       -> {"jinja2": "3.1.6", "python": "3.11.7"}

A case is described by `CaseSpec` in spec/jinja/differential/case.ts.
"""

import json
import platform
import re
import resource
import sys
import warnings

import jinja2
import jinja2.defaults
import jinja2.meta
import jinja2.nodes
import jinja2.sandbox
import markupsafe

from host_library import FILTERS, FINALIZERS, GLOBALS, TESTS, decode

warnings.simplefilter("ignore")

UNDEFINED = {
    name: getattr(jinja2, name)
    for name in ("Undefined", "ChainableUndefined", "DebugUndefined", "StrictUndefined")
}
CLASSES = {
    "plain": jinja2.Environment,
    "sandboxed": jinja2.sandbox.SandboxedEnvironment,
    "immutable": jinja2.sandbox.ImmutableSandboxedEnvironment,
}
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


class NamedDictLoader(jinja2.DictLoader):
    """A DictLoader whose templates have their name as file name, so that tracebacks show it."""

    def get_source(self, environment, template):
        source, _, uptodate = super().get_source(environment, template)
        return source, template, uptodate


def make_loader(spec, templates):
    if spec is None:
        return NamedDictLoader(templates)
    kind, argument = next(iter(spec.items()))
    if kind == "none":
        return None
    if kind == "dict":
        return NamedDictLoader(argument)
    if kind == "choice":
        return jinja2.ChoiceLoader([make_loader(part, templates) for part in argument])
    if kind == "prefix":
        loaders = {name: make_loader(part, templates) for name, part in argument["loaders"].items()}
        return jinja2.PrefixLoader(loaders, argument.get("delimiter", "/"))
    if kind == "function":
        return jinja2.FunctionLoader(argument.get)
    raise ValueError(f"unknown loader {kind}")


def make_options(options):
    made = dict(options)
    if "undefined" in made:
        made["undefined"] = UNDEFINED[made["undefined"]]
    if "extensions" in made:
        made["extensions"] = [f"jinja2.ext.{name}" for name in made["extensions"]]
    if "finalize" in made:
        made["finalize"] = FINALIZERS[made["finalize"]]
    if isinstance(made.get("autoescape"), dict):
        made["autoescape"] = jinja2.select_autoescape(**made["autoescape"])
    return made


def make_environment(case, cls=None):
    cls = cls or CLASSES[case.get("environment", "plain")]
    templates = dict(case.get("templates", {}))
    templates["main"] = case["template"]
    env = cls(loader=make_loader(case.get("loader"), templates), **make_options(case.get("options", {})))
    if case.get("library"):
        env.filters.update(FILTERS)
        env.tests.update(TESTS)
        env.globals.update(GLOBALS)
    env.policies.update(decode(case.get("policies", {})))
    env.globals.update(decode(case.get("globals", {})))
    return env


def perform(case, env):
    context = decode(case.get("context", {}))
    if case.get("context_templates"):
        for variable, name in case["context_templates"].items():
            context[variable] = env.get_template(name)
    action = case.get("action", "render")
    if action == "render":
        return env.get_template("main").render(context)
    if action == "from_string":
        return env.from_string(case["template"]).render(context)
    if action == "select":
        return env.select_template(case["names"]).render(context)
    if action == "overlay":
        return env.overlay(**make_options(case["overlay"])).get_template("main").render(context)
    if action == "expression":
        expression = env.compile_expression(case["template"], **case.get("arguments", {}))
        return repr(expression(context))
    if action == "module":
        module = env.get_template("main").make_module(context)
        names = sorted(name for name in vars(module) if not name.startswith("_"))
        return "\n".join([*(f"{name}={getattr(module, name)!s}" for name in names), str(module)])
    if action == "undeclared":
        return ",".join(sorted(jinja2.meta.find_undeclared_variables(env.parse(case["template"]))))
    if action == "referenced":
        return repr(list(jinja2.meta.find_referenced_templates(env.parse(case["template"]))))
    if action == "list_templates":
        return repr(env.list_templates(**case.get("arguments", {})))
    raise ValueError(f"unknown action {action}")


def position(error):
    """The innermost template frame: Jinja2 has rewritten the traceback to template lines."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return error.name, error.lineno
    found = (None, None)
    traceback = error.__traceback__
    while traceback is not None:
        if "__jinja_exception__" in traceback.tb_frame.f_globals:
            found = traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next
    return found


def describe(error):
    template, line = position(error)
    message = error.message if isinstance(error, jinja2.TemplateSyntaxError) else str(error)
    if isinstance(error, RecursionError):
        message = "maximum recursion depth exceeded"
        template = line = None
    if type(error) is SyntaxError:
        # Python's compiler refused the code that Jinja2 generated: its line is none of ours.
        message = error.msg
    return {
        "name": type(error).__name__,
        "message": ADDRESS.sub("0x…", str(message)),
        "line": line,
        "template": None if template == "<template>" else template,
    }


def answer(case):
    try:
        return {"output": ADDRESS.sub("0x…", perform(case, make_environment(case)))}
    except Exception as error:
        return {"error": describe(error)}


# -- coverage ---------------------------------------------------------------

BUILTINS = (str, list, dict, tuple, set, frozenset, int, float, bytes, markupsafe.Markup)


def names():
    methods = [
        f"{cls.__name__}.{name}" for cls in BUILTINS for name in dir(cls) if not name.startswith("_")
    ]
    return {
        "filters": sorted(jinja2.defaults.DEFAULT_FILTERS),
        "tests": sorted(jinja2.defaults.DEFAULT_TESTS),
        "globals": sorted(jinja2.defaults.DEFAULT_NAMESPACE),
        "methods": methods,
    }


def cover(cases):
    found = {"filters": set(), "tests": set(), "globals": set(), "methods": set()}

    def recording(base):
        class Recording(base):
            def getattr(self, obj, attribute):
                record(obj, attribute)
                return super().getattr(obj, attribute)

        return Recording

    def record(obj, attribute):
        cls = type(obj)
        if cls is type and obj in BUILTINS:
            cls = obj
        if cls in BUILTINS:
            found["methods"].add(f"{cls.__name__}.{attribute}")

    for case in cases:
        cls = CLASSES[case.get("environment", "plain")]
        try:
            env = make_environment(case, recording(cls))
        except Exception:
            continue
        try:
            perform(case, env)
        except Exception:
            pass
        for source in [case["template"], *case.get("templates", {}).values()]:
            try:
                tree = env.parse(source)
            except Exception:
                continue
            for node in tree.find_all((jinja2.nodes.Filter, jinja2.nodes.Test, jinja2.nodes.Name)):
                if isinstance(node, jinja2.nodes.Filter):
                    found["filters"].add(node.name)
                elif isinstance(node, jinja2.nodes.Test):
                    found["tests"].add(node.name)
                elif node.ctx == "load":
                    found["globals"].add(node.name)
            for constant in tree.find_all(jinja2.nodes.Const):
                # Names given as text, as in select("divisibleby", 3) and map("upper").
                if isinstance(constant.value, str):
                    if constant.value in jinja2.defaults.DEFAULT_TESTS:
                        found["tests"].add(constant.value)
    return {kind: sorted(values) for kind, values in found.items()}


def respond(request):
    if "cases" in request:
        return {"answers": [answer(case) for case in request["cases"]]}
    if "cover" in request:
        return cover(request["cover"])
    if "names" in request:
        return names()
    return {"jinja2": jinja2.__version__, "python": platform.python_version()}


# Some random templates ask for billions of items: an early MemoryError spares the machine.
MEMORY_LIMIT = 2 << 30


def main():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    for line in sys.stdin:
        sys.stdout.write(json.dumps(respond(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
