"""Runs the conformance suite, and says what came of it.

    python3 localstack/conformance                          against a sandbox of its own, with both positions of each switch
    python3 localstack/conformance --endpoint moto          against moto; differences-moto.toml lists what may differ
    python3 localstack/conformance --endpoint aws --help    against AWS itself, in two throw-away accounts

Needs Python 3.11 and Cargo, nothing else: what more it needs is installed below the target directory.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))

from harness import coverage, declared, differences, recorder, registry, servers, venv, verdict  # noqa: E402

QUIET = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "NO_PROXY": "127.0.0.1",
    "PYTHONDONTWRITEBYTECODE": "1",
}

# pytest's exit codes when tests were run: all passed, some failed. Any other means that they were not.
RAN = (0, 1)


def main():
    arguments = parse()
    if arguments.endpoint == "aws":
        python = venv.python("boto3", HERE / "requirements.txt")
        return subprocess.call([python, HERE / "harness" / "aws_run.py", *arguments.rest])
    if arguments.rest:
        raise SystemExit(f"nothing is known of {' '.join(arguments.rest)}")
    if arguments.self_test:
        return self_test(arguments.server or servers.program())
    if arguments.prepare:
        venv.python("boto3", HERE / "requirements.txt")
        return 0
    record = arguments.record or venv.home() / "record" / arguments.endpoint
    if arguments.report:
        return report(record)
    if arguments.record is None and record.exists():
        shutil.rmtree(record)
    record.mkdir(parents=True, exist_ok=True)
    files = [HERE / f"{name}.py" for name in arguments.only] or sorted(HERE.glob("test_*.py"))
    if arguments.endpoint == "moto":
        return against_moto(files, record, whole=not arguments.only)
    failed = against_sandbox(files, record, arguments.server or servers.program())
    if arguments.only:
        return 1 if failed else 0
    return report(record) or (1 if failed else 0)


def parse():
    parser = argparse.ArgumentParser(prog="python3 localstack/conformance", description=__doc__.split("\n")[0],
                                     add_help="aws" not in sys.argv)
    parser.add_argument("--endpoint", choices=("sandbox", "moto", "aws"), default="sandbox")
    parser.add_argument("--only", metavar="TEST_FILE", action="append", default=[], help="one file, by its name without .py")
    parser.add_argument("--server", type=place, help="the sandbox's program; built by Cargo if left out")
    parser.add_argument("--record", type=place, metavar="DIRECTORY", help="where to keep what each call came to")
    parser.add_argument("--report", action="store_true", help="only judge what has been recorded")
    parser.add_argument("--self-test", action="store_true", help="test the harness itself")
    parser.add_argument("--prepare", action="store_true", help="only make the Python environment")
    arguments, arguments.rest = parser.parse_known_args()
    return arguments


def place(text):
    """Returns the path that is meant where the command was given: pytest runs elsewhere."""
    return pathlib.Path(text).resolve()


def self_test(program):
    """Tests the harness itself: above all, what a run against AWS refuses and what it leaves."""
    python = venv.python("boto3", HERE / "requirements.txt")
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", "--confcutdir", HERE / "selftest", HERE / "selftest"]
    return subprocess.call(command, env={**os.environ, **QUIET, "CONFORMANCE_SERVER": str(program)}, cwd=HERE)


def against_sandbox(files, record, program):
    """Runs each file with a server of its own, once for each position of the switches; returns how many runs failed."""
    python = venv.python("boto3", HERE / "requirements.txt")
    questions = registry.read().questions.values()
    runs = []
    for position in ("default", "other"):
        positions = {question.id: getattr(question, position) for question in questions}
        settings = [f"{question.switch}={positions[question.id]}" for question in questions]
        runs += [(file, position, positions, settings) for file in files]

    def one(file, position, positions, settings):
        pace, more = header(file)
        with servers.sandbox(program, pace, [*settings, *more]) as url:
            return pytest(python, [file], url, "sandbox", record / f"{file.stem}.{position}.jsonl", positions)

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for (file, position, *_), done in zip(runs, pool.map(lambda run: one(*run), runs)):
            passed = done.returncode == 0
            failed += not passed
            last = done.stdout.strip().splitlines()[-1:] or [done.stderr.strip()]
            print(f"{file.stem} ({position} switches): {last[0]}" if passed else done.stdout + done.stderr)
    return failed


def header(file):
    """Returns at which pace, and with which settings, a file wants its server: `# pace: real`, `# set: throttling=true`."""
    pace, settings = "instant", []
    for line in file.read_text().splitlines():
        if line.startswith("# pace: "):
            pace = line.removeprefix("# pace: ").strip()
        if line.startswith("# set: "):
            settings += line.removeprefix("# set: ").split()
    return pace, settings


def pytest(python, files, url, endpoint, record, positions=None):
    return subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", *files],
        env={**os.environ, **QUIET, "AWS_ENDPOINT_URL": url, "CONFORMANCE_ENDPOINT": endpoint,
             "CONFORMANCE_RECORD": str(record), "CONFORMANCE_POSITIONS": json.dumps(positions or {})},
        cwd=HERE, capture_output=True, text=True, check=False)


def against_moto(files, record, whole):
    python = venv.python("boto3", HERE / "requirements.txt")
    moto = venv.python("moto", HERE / "requirements-moto.txt")
    with servers.moto(moto, record / "moto.log") as url:
        done = pytest(python, files, url, "moto", record / "moto.jsonl")
    if done.returncode not in RAN:
        print(done.stdout + done.stderr)
        return 1
    tests = recorder.read(record)["test"]
    found = differences.judge(differences.read(), tests, whole)
    print(differences.text(differences.read(), tests))
    return complain(found)


def report(record):
    """Prints the facts and the table, and says what is missing in them."""
    rows, known = recorder.read(record), registry.read()
    wanted, filled, reasons = coverage.operations(), coverage.counts(rows["call"]), coverage.exceptions()
    print(verdict.report(known, rows))
    print()
    print(coverage.text(wanted, filled, reasons))
    print()
    found = [f"{name} is {said}: {why}" for name, (said, why) in verdict.judge(known, rows["test"]).items() if said != "confirmed"]
    return complain(verdict.mistakes(known, rows["test"]) + found + coverage.judge(wanted, filled, reasons)
                    + declared.judge(rows["call"]))


def complain(found):
    for sentence in found:
        print(f"wrong: {sentence}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
