"""A sandbox for each test of the harness; CONFORMANCE_SERVER names its program."""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from harness import servers  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "pace(pace): at which pace the sandbox runs")


@pytest.fixture
def sandbox(request):
    mark = request.node.get_closest_marker("pace")
    with servers.sandbox(os.environ["CONFORMANCE_SERVER"], mark.args[0] if mark else "instant") as url:
        yield url
