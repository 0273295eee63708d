"""Keeps what each call and each test came to, as lines of JSON.

A directory of records is written by the test processes, one file each, and read by those who judge.
"""

import json
import pathlib

from . import declared


class Recorder:
    """Writes one process's records. Each line is on disk before the next thing happens."""

    def __init__(self, path):
        self.file = path.open("a") if path else None
        self.test = ""

    def write(self, kind, **row):
        if self.file:
            self.file.write(json.dumps({"kind": kind, **row}) + "\n")
            self.file.flush()

    def listen(self, client):
        """Records each call that the client makes."""
        events = client.meta.events
        events.register_first("provide-client-params.*.*", self.asked, unique_id=f"asked-{id(client)}")
        events.register_first("after-call.*.*", self.answered, unique_id=f"answered-{id(client)}")

    def asked(self, params, context, **_):
        context["conformance_asked"] = dict(params)

    def answered(self, http_response, parsed, model, context, **_):
        asked = context.get("conformance_asked", {})
        self.write(
            "call",
            test=self.test,
            service=model.service_model.service_name,
            operation=model.name,
            status=http_response.status_code,
            code=parsed.get("Error", {}).get("Code", "ok") if http_response.status_code >= 300 else "ok",
            declared=sorted(declared.codes(model)) if http_response.status_code >= 300 else [],
            dry_run=asked.get("DryRun") is True,
            paged=any(asked.get(name) for name in ("NextToken", "nextToken", "Marker")),
        )


def read(directory):
    """Returns the rows of all records in a directory: calls, tests and answers to questions."""
    rows = {"call": [], "test": [], "answer": []}
    for path in sorted(pathlib.Path(directory).glob("*.jsonl")):
        for line in path.read_text().splitlines():
            row = json.loads(line)
            rows[row.pop("kind")].append(row)
    return rows
