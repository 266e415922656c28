"""Answers what the real kolla-build makes of command lines, environments and configuration files.

Reads one JSON request per line on stdin and writes one JSON answer per line on stdout. Every case
runs in a fork of this process, which has loaded kolla once:

    {"options": case}  -> {"values": {...}, "sources": {...}, "users": {...}} or {"error": {...}}
    {"run": case}      -> {"status": int}

A case is described by `KollaCase` in spec/support/kolla-oracle.ts. `values` holds every option of the
default section, `{"raises": "NoSuchOptError: ..."}` where reading it fails.
"""

import io
import json
import os
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout

from oslo_config import cfg

from kolla.cmd import build as program
from kolla.common import config as common_config

# The program imports these when it first needs them; not every release has both.
for engine in ("docker", "podman"):
    try:
        __import__(engine)
    except ImportError:
        pass


def raised(error):
    return {"raises": f"{type(error).__name__}: {error}"}


def attempt(read):
    try:
        return read()
    except Exception as error:
        return raised(error)


def options(case):
    conf = cfg.ConfigOpts()
    out, err = io.StringIO(), io.StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            common_config.parse(conf, case["argv"], prog="kolla-build")
    except SystemExit as error:
        return {"exit": error.code, "stdout": out.getvalue(), "stderr": err.getvalue()}
    except Exception as error:
        return raised(error)
    names = [
        opt.dest
        for opt in [*common_config._CLI_OPTS, *common_config._BASE_OPTS]
    ]

    def section(name, make):
        if name not in conf._groups:
            conf.register_opts(make, group=name)
        return {
            opt.dest: attempt(lambda opt=opt: conf[name][opt.dest]) for opt in make
        }

    declared = set(conf._groups.keys())
    spelt = set(conf.list_all_sections())
    answer = {
        "values": {name: attempt(lambda name=name: getattr(conf, name)) for name in names},
        "profiles": {
            name: attempt(lambda name=name: conf.profiles[name])
            for name in conf._groups["profiles"]._opts
        },
        "sections": sorted(declared | spelt),
        "sources": {},
        "users": {},
    }
    for name in case.get("sources", []):
        answer["sources"][name] = section(name, common_config.get_source_opts())
    for name in case.get("users", []):
        answer["users"][name] = section(
            name, common_config.get_user_opts(None, None, name[:-5])
        )
    return answer


def run(case):
    if "prefix" in case:
        sys.prefix = case["prefix"]
        # From 23 on the templates lie in the package.
        worker = sys.modules.get("kolla.image.kolla_worker")
        if hasattr(worker, "KOLLA_PACKAGE_DIR"):
            worker.KOLLA_PACKAGE_DIR = case["prefix"] + "/lib/python3/site-packages/kolla"
    sys.argv = ["kolla-build", *case["argv"]]
    for number, path in ((1, case["stdout"]), (2, case["stderr"])):
        target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(target, number)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    try:
        status = program.main()
    except SystemExit as error:
        status = error.code
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return {"status": status or 0}


def forked(work, case):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.environ.clear()
        os.environ.update(case["env"])
        os.chdir(case["cwd"])
        answer = json.dumps(work(case), default=str)
        with os.fdopen(writing, "w") as pipe:
            pipe.write(answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return json.loads(answer) if answer else {"status": None}


for line in sys.stdin:
    (kind, case), = json.loads(line).items()
    print(json.dumps(forked({"options": options, "run": run}[kind], case)), flush=True)
