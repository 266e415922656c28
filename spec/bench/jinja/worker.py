"""Python's Jinja2 as a rival of jinja.bench.js: one JSON request per line, one JSON answer per line."""

import json
import sys
import time

import jinja2

environment = None
sources = {}
context = {}


def debian_package_install(packages, clean=True):
    return "apt-get install " + " ".join(packages) + (" && clean" if clean else "")


def handle_repos(names, mode):
    return "RUN repos " + mode + " " + " ".join(names)


def raise_error(message):
    raise RuntimeError(message)


def make_environment():
    made = jinja2.Environment(loader=jinja2.DictLoader(sources), auto_reload=False)
    made.filters["customizable"] = lambda value, kind: value
    made.globals.update(
        debian_package_install=debian_package_install,
        handle_repos=handle_repos,
        raise_error=raise_error,
    )
    return made


def compile_all(names, times):
    for _ in range(times):
        fresh = make_environment()
        for name in names:
            fresh.get_template(name)


def render_all(names, times):
    for _ in range(times):
        for name in names:
            environment.get_template(name).render(context)


def compile_and_render(names, times):
    for _ in range(times):
        fresh = make_environment()
        for name in names:
            fresh.get_template(name).render(context)


def render_once(names):
    texts = {}
    for name in names:
        try:
            texts[name] = environment.get_template(name).render(context)
        except Exception as error:
            texts[name] = None
            print(f"{name}: {error}", file=sys.stderr)
    return texts


def answer(request):
    global environment, sources, context
    if "templates" in request:
        sources, context = request["templates"], request["context"]
        environment = make_environment()
        return {"version": jinja2.__version__}
    if request["do"] == "once":
        return {"texts": render_once(request["names"])}
    work = {"compile": compile_all, "render": render_all, "both": compile_and_render}[request["do"]]
    start = time.process_time()
    work(request["names"], request["times"])
    return {"seconds": time.process_time() - start}


for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
    sys.stdout.flush()
