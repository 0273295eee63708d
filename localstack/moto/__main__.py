"""Serves moto on this machine, as it comes from PyPI.

    python3 localstack/moto --port 4567
    AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any \\
        python3 localstack/worlds/hub_and_spokes.py --endpoint http://127.0.0.1:4567 --patience 0

It is installed once, below the target directory, in the version that conformance/differences-moto.toml judges. What it
cannot do, that file says.
"""

import argparse
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "conformance"))

from harness import venv  # noqa: E402


def main():
    parser = argparse.ArgumentParser(prog="python3 localstack/moto", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=4567)
    arguments = parser.parse_args()
    python = venv.python("moto", HERE.parent / "conformance" / "requirements-moto.txt")
    program = python.with_name("moto_server")
    os.execv(program, [program, "-H", "127.0.0.1", "-p", str(arguments.port)])


if __name__ == "__main__":
    main()
