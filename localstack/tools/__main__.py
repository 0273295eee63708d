"""Runs tools that others wrote for AWS against the sandbox, as they are.

    python3 localstack/tools               the AWS CLI, Ansible and the worlds, each from nothing to a hub with spokes
    python3 localstack/tools --only ansible

Needs Python 3.11 and Cargo; the tools are installed from PyPI below the target directory. Of the package `ansible` only
the collections amazon.aws and community.aws are unpacked.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "conformance"))

from harness import servers, venv  # noqa: E402

# The release of the `ansible` package whose collections are used.
ANSIBLE = "12.3.0"
QUIET = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
         "NO_PROXY": "127.0.0.1"}


def main():
    parser = argparse.ArgumentParser(prog="python3 localstack/tools", description=__doc__.split("\n")[0])
    parser.add_argument("--server", type=pathlib.Path, help="the sandbox's program; built by Cargo if left out")
    parser.add_argument("--only", choices=list(TOOLS), action="append")
    arguments = parser.parse_args()
    program = arguments.server or servers.program()
    for name in arguments.only or TOOLS:
        # At this pace nothing is over at once, and the tools have something to wait for.
        with servers.sandbox(program, "120") as url:
            TOOLS[name](url)
    return 0


def aws_cli(url):
    python = venv.python("aws-cli", HERE / "requirements-aws-cli.txt")
    path = f"{python.parent}:{os.environ['PATH']}"
    subprocess.run(["bash", HERE / "aws-cli.sh"], env={**os.environ, **QUIET, "PATH": path, "AWS_ENDPOINT_URL": url}, check=True)


def ansible(url):
    python = venv.python("ansible", HERE / "requirements-ansible.txt")
    environment = {
        **os.environ, **QUIET, "ANSIBLE_COLLECTIONS_PATH": str(collections(python)), "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false", "ANSIBLE_NOCOLOR": "true", "ANSIBLE_PYTHON_INTERPRETER": str(python),
        "ANSIBLE_LOCAL_TEMP": str(venv.home() / "ansible-temp"), "LC_ALL": "C.UTF-8",
    }
    given = json.dumps({"endpoint": url, "python": str(python)})
    for playbook in ("hub.yml", "gone.yml"):
        command = [python.with_name("ansible-playbook"), "-i", "localhost,", "-e", given, HERE / "ansible" / playbook]
        for turn in ("first", "again"):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            found = re.search(r"ok=(\d+) +changed=(\d+) .*failed=(\d+)", done.stdout)
            if done.returncode != 0 or not found:
                raise SystemExit(f"ansible {playbook} {turn} failed:\n{done.stdout[-6000:]}{done.stderr[-2000:]}")
            ok, changed = int(found[1]), int(found[2])
            print(f"ansible {playbook} {turn}: ok={ok} changed={changed}")
            if turn == "again" and changed:
                raise SystemExit(f"a second run changes things, so what the first did is not read back as it was:\n{done.stdout}")
            if turn == "first" and changed < 10:
                raise SystemExit(f"the first run was to make, or to take away, everything:\n{done.stdout}")


def worlds(url):
    """Builds the world of README.md at the sandbox and at moto, whose accounts it also has to lead into."""
    python = venv.python("boto3", HERE.parent / "conformance" / "requirements.txt")
    moto = venv.python("moto", HERE.parent / "conformance" / "requirements-moto.txt")
    whole = a_world(python, url, "100000000001", "60")
    if not all(whole):
        raise SystemExit(f"a spoke was not attached at the sandbox: {whole}")
    with servers.moto(moto, venv.home() / "moto.log") as other:
        plain = a_world(python, other, "any", "0")
    if any(plain):
        raise SystemExit("moto shows a shared transit gateway to a member now: README.md says that it does not")
    print(f"worlds: {len(whole)} spokes attached at the sandbox; {len(plain)} at moto, none of them attached")


def a_world(python, url, key, patience):
    command = [python, HERE.parent / "worlds" / "hub_and_spokes.py", "--endpoint", url, "--accounts", "3", "--region",
               "eu-west-1", "--region", "us-east-1", "--patience", patience]
    environment = {**os.environ, **QUIET, "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "any"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"the world could not be built at {url}:\n{done.stderr[-3000:]}")
    regions = json.loads(done.stdout)["regions"].values()
    return [spoke["attachment"] for region in regions for spoke in region["spokes"]]


def collections(python):
    """Unpacks the two collections from the package `ansible`, and returns the directory."""
    place = venv.home() / f"ansible-{ANSIBLE}"
    if not (place / "complete").exists():
        with tempfile.TemporaryDirectory() as downloads:
            venv.run([python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                      "--dest", downloads, f"ansible=={ANSIBLE}"])
            [wheel] = pathlib.Path(downloads).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                wanted = ("ansible_collections/amazon/aws/", "ansible_collections/community/aws/")
                archive.extractall(place, [name for name in archive.namelist() if name.startswith(wanted)])
        (place / "complete").touch()
    return place


TOOLS = {"aws-cli": aws_cli, "ansible": ansible, "worlds": worlds}

if __name__ == "__main__":
    sys.exit(main())
