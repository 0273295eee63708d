"""Starts and stops the local AWSs that are processes: the sandbox and moto."""

import contextlib
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.request

from . import venv


def program():
    """Returns the sandbox's program, building it if Cargo says that it is not there or not of today."""
    done = subprocess.run(["cargo", "build", "--quiet", "-p", "aws-sandbox"], cwd=venv.ROOT, check=False)
    if done.returncode != 0:
        raise SystemExit("cargo build -p aws-sandbox failed")
    return venv.home().parent / "debug" / "aws-sandbox"


@contextlib.contextmanager
def sandbox(path, pace="instant", settings=()):
    """Runs a sandbox on a free port and gives its address."""
    command = [path, "serve", "--listen", "127.0.0.1:0", "--pace", pace]
    for setting in settings:
        command += ["--set", setting]
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            line = process.stdout.readline()
            if not line.startswith("listening on "):
                raise SystemExit(f"the sandbox did not start: {line}{content(errors)}")
            yield line.removeprefix("listening on ").strip()
        finally:
            process.terminate()
            process.wait(timeout=20)
            process.stdout.close()
        if "panicked" in (said := content(errors)):
            raise SystemExit(f"the sandbox panicked:\n{said[:4000]}")


def content(file):
    file.seek(0)
    return file.read()


@contextlib.contextmanager
def moto(python, log):
    """Runs moto's server on a free port and gives its address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [pathlib.Path(python).with_name("moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            address = f"http://127.0.0.1:{port}"
            wait(f"{address}/moto-api/", process, log)
            yield address
        finally:
            # It holds nothing, and takes its time over a polite request.
            process.kill()
            process.wait()


def wait(url, process, log):
    for _ in range(300):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url).close()
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(f"{process.args[0]} did not start:\n{log.read_text()[-2000:]}")
