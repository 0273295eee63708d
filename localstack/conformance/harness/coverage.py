"""The table operation x {answer, pages, denied, invalid, DryRun}, made from the calls that the tests really made.

Which cells there are follows from the sandbox's table of operations: every operation can be answered, denied and asked
wrongly; those with a token in and out have pages; those with DryRun have dry runs. coverage.toml lists the cells that
do not apply although they would by that rule, each with its reason; it may not name a cell that is filled.
"""

import json
import pathlib
import tomllib

HERE = pathlib.Path(__file__).parents[1]
TABLE = HERE.parent / "sandbox" / "shapes" / "operations.json"
EXCEPTIONS = HERE / "coverage.toml"
CELLS = ("answer", "pages", "denied", "invalid", "DryRun")

# The words for "not you": no identity behind the key, or an identity that may not.
DENIED = {
    "AccessDenied", "AccessDeniedException", "AuthFailure", "AuthorizationError", "ExpiredTokenException",
    "InvalidClientTokenId", "UnauthorizedOperation", "UnrecognizedClientException",
}


def operations(path=TABLE):
    """Returns for each (service, operation) the cells that it should have."""
    wanted = {}
    for service, table in json.loads(path.read_text())["services"].items():
        shapes = table["shapes"]

        def members(shape, shapes=shapes):
            return {name.lower() for name in shapes[shape].get("members", {})} if shape else set()

        for name, operation in table["operations"].items():
            asked, answered = members(operation.get("input")), members(operation.get("output"))
            cells = ["answer", "denied"]
            if asked:
                cells.append("invalid")
            if asked & {"nexttoken", "marker"} and answered & {"nexttoken", "marker"}:
                cells.append("pages")
            if "dryrun" in asked:
                cells.append("DryRun")
            wanted[service, name] = cells
    return wanted


def cell(call):
    """Returns which cells a call fills."""
    if call["code"] == "ok":
        return ["answer", "pages"] if call["paged"] else ["answer"]
    if call["code"] == "DryRunOperation":
        return ["DryRun"]
    if call["code"] in DENIED:
        return ["denied"]
    if call["code"] in ("InvalidAction", "UnknownOperationException", "NotModelled") or call["status"] >= 500:
        return []
    return ["invalid"]


def counts(calls):
    filled = {}
    for call in calls:
        for name in cell(call):
            key = (call["service"], call["operation"], name)
            filled[key] = filled.get(key, 0) + 1
    return filled


def exceptions(path=EXCEPTIONS):
    """Returns the reason for each (service, operation, cell) that does not apply."""
    reasons = {}
    for row in tomllib.loads(path.read_text()).get("empty", []):
        for name in row["operations"].split():
            service, operation = name.split(".")
            for each in row["cells"]:
                reasons[service, operation, each] = row["reason"]
    return reasons


def judge(wanted, filled, reasons):
    """Returns what is wrong with the table, as sentences."""
    found = []
    for (service, operation), cells in wanted.items():
        for name in cells:
            key = (service, operation, name)
            if not filled.get(key) and key not in reasons:
                found.append(f"{service} {operation}: no test has filled the cell '{name}'")
    for key in sorted(reasons):
        service, operation, name = key
        if (service, operation) not in wanted:
            continue  # the sandbox has no such operation yet
        if name not in wanted[service, operation]:
            found.append(f"coverage.toml: there is no cell {service} {operation} '{name}'")
        elif filled.get(key):
            found.append(f"coverage.toml: {service} {operation} '{name}' is filled, so it needs no reason")
    return found


def text(wanted, filled, reasons):
    """Returns the table as text: how many calls fill a cell, '-' where there is no such cell, '(-)' where it is excepted."""
    width = max(len(f"{service} {operation}") for service, operation in wanted)
    lines = ["operation".ljust(width) + "".join(name.rjust(9) for name in CELLS)]
    for (service, operation), cells in wanted.items():
        row = f"{service} {operation}".ljust(width)
        for name in CELLS:
            key = (service, operation, name)
            shown = "-" if name not in cells else str(filled.get(key) or ("(-)" if key in reasons else "EMPTY"))
            row += shown.rjust(9)
        lines.append(row)
    return "\n".join(lines)
