"""Python environments in the target directory: made once, made again when what they hold should change."""

import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[3]


def home():
    """Returns the directory for environments, records and logs."""
    target = os.environ.get("CARGO_TARGET_DIR", "target")
    return (ROOT / target).resolve() / "local-aws"


def python(name, requirements):
    """Returns the Python of the environment `name`, which has what the requirements file names, and no more."""
    place = home() / "venv" / name
    stamp, wanted = place / "requirements.txt", requirements.read_text()
    found = place / "bin" / "python"
    if stamp.exists() and stamp.read_text() == wanted and found.exists():
        return found
    if place.exists():
        shutil.rmtree(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    run([sys.executable, "-m", "venv", place])
    run([found, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements])
    stamp.write_text(wanted)
    return found


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
