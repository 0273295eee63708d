"""What moto does otherwise than AWS, test by test, each with the reason why AWS sides with us.

A test that fails on moto and is not listed is a difference that nobody has judged. A row that no failing test fits is no
difference any more. Both are mistakes. A row names one test, or all whose names fit it, with * for any text; where it
says what is `seen`, only failures that say so fit.
"""

import dataclasses
import fnmatch
import pathlib
import tomllib

FILE = pathlib.Path(__file__).parents[1] / "differences-moto.toml"


@dataclasses.dataclass(frozen=True)
class Row:
    tests: str
    seen: str
    reason: str

    def fits(self, test):
        # A parametrized test's name ends in brackets, which here are brackets and no set of characters.
        return fnmatch.fnmatchcase(test["id"], self.tests.replace("[", "[[]")) and self.seen in test["why"]


def read(path=FILE):
    """Returns the rows; raises ValueError where one has no reason, or stands there twice."""
    rows = []
    for name, table in tomllib.loads(path.read_text()).items():
        if not table.get("moto") or not table.get("aws") or not table.get("tests"):
            raise ValueError(f"{path.name}: {name} does not say what moto does, what AWS says, and in which tests")
        for tests in table["tests"]:
            if tests in [row.tests for row in rows]:
                raise ValueError(f"{path.name}: {tests} stands there twice")
            rows.append(Row(tests, table.get("seen", ""), f"{table['moto']} ({table['aws']})"))
    return rows


def row_of(rows, test):
    """Returns the row that a failure fits, the longest name first; None where nobody has judged it."""
    return max((row for row in rows if row.fits(test)), key=lambda row: len(row.tests), default=None)


def judge(rows, tests, whole=True):
    """Returns what is wrong, as sentences. `whole` says that all files were run."""
    found, used = [], set()
    for test in tests:
        if test["outcome"] == "failed":
            used.add(row := row_of(rows, test))
            if row is None:
                found.append(f"moto differs in {test['id']}, and differences-moto.toml does not say why: {test['why']}")
    files = {test["id"].split("::")[0] for test in tests}
    for row in rows:
        if row not in used and (whole or row.tests.split("::")[0] in files):
            found.append(f"differences-moto.toml lists {row.tests}, in which moto does not differ")
    return found


def text(rows, tests):
    lines, by_reason = [], {}
    for test in tests:
        if test["outcome"] == "failed":
            row = row_of(rows, test)
            by_reason.setdefault(row.reason if row else "not judged", []).append(test["id"])
    for reason, names in by_reason.items():
        lines.append(f"{len(names)} differ: {reason}")
    lines += ["agree:", *(f"  {test['id']}" for test in tests if test["outcome"] == "passed")]
    count = {outcome: sum(test["outcome"] == outcome for test in tests) for outcome in ("passed", "failed", "skipped")}
    lines.append(f"moto: {count['passed']} tests agree, {count['failed']} differ, {count['skipped']} not tried")
    return "\n".join(lines)
