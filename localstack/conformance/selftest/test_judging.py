"""What the harness says of facts, of the table of operations, and of moto's differences."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from harness import coverage, declared, differences, registry, verdict  # noqa: E402


def test(name, *facts, outcome="passed", why=""):
    return {"id": name, "facts": list(facts), "outcome": outcome, "why": why}


test.__test__ = False


@pytest.fixture
def known(tmp_path):
    (tmp_path / "a.toml").write_text('[fact."a"]\nsays = "A."\nsource = "doc"\nsure = "stated"\n'
                                     '[fact."b"]\nsays = "B."\nsource = "doc"\nsure = "seen"\n')
    return registry.read(tmp_path)


def test_a_fact_without_a_test_and_a_test_without_a_fact_are_mistakes(known):
    assert verdict.mistakes(known, [test("t", "a", "b")]) == []
    assert verdict.mistakes(known, [test("t", "a")]) == ["no test names b"]
    assert verdict.mistakes(known, [test("t", "a", "b", "c")]) == ["t names c, which is no fact"]


def test_a_fact_is_refuted_by_one_test_and_not_tried_by_none(known):
    verdicts = verdict.judge(known, [test("t", "a"), test("u", "a", outcome="failed", why="no"),
                                     test("v", "b", outcome="skipped", why="needs more")])
    assert verdicts == {"a": ("refuted", "u: no"), "b": ("not tried", "needs more")}


@pytest.mark.parametrize("text, said", [
    ('[fact."a"]\nsays = "A."\nsure = "stated"\n', "source"),
    ('[fact."a"]\nsays = "A."\nsource = "s"\nsure = "certain"\n', "sure is one of"),
    ('[fact."a"]\nsays = "A."\nsource = "s"\nsure = "seen"\ncolour = "red"\n', "colour"),
    ('[question."a"]\nasks = "?"\nsource = "s"\nswitch = "w"\nanswers = {"x" = "1"}\ndefault = "x"\n', "two answers"),
    ('[facts."a"]\nsays = "A."\n', "facts"),
])
def test_a_registry_that_says_too_little_is_refused(tmp_path, text, said):
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(ValueError, match=said):
        registry.read(tmp_path)


def test_one_id_stands_once(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.toml").write_text('[fact."a"]\nsays = "A."\nsource = "doc"\nsure = "stated"\n')
    with pytest.raises(ValueError, match="twice"):
        registry.read(tmp_path)


def call(code="ok", **more):
    return {"service": "ec2", "operation": "DescribeVpcs", "status": 200, "code": code, "dry_run": False, "paged": False, **more}


WANTED = {("ec2", "DescribeVpcs"): ["answer", "denied", "invalid", "pages", "DryRun"]}
ALL = [call(), call(paged=True), call("AuthFailure", status=401), call("InvalidParameterValue", status=400),
       call("DryRunOperation", status=412)]


def test_an_empty_cell_is_a_mistake_unless_it_is_excepted():
    assert coverage.judge(WANTED, coverage.counts(ALL), {}) == []
    for number, name in enumerate(("answer", "pages", "denied", "invalid", "DryRun")):
        calls = [each for place, each in enumerate(ALL) if place != number]
        if name == "answer":
            calls = [each for each in calls if not each["paged"]]
        missing = coverage.judge(WANTED, coverage.counts(calls), {})
        assert f"ec2 DescribeVpcs: no test has filled the cell '{name}'" in missing
        key = ("ec2", "DescribeVpcs", name)
        assert not any(f"'{name}'" in line for line in coverage.judge(WANTED, coverage.counts(calls), {key: "reason"}))


def test_an_exception_for_a_cell_that_is_filled_or_that_there_is_not_is_a_mistake():
    [said] = coverage.judge(WANTED, coverage.counts(ALL), {("ec2", "DescribeVpcs", "pages"): "reason"})
    assert "needs no reason" in said
    [said] = coverage.judge(WANTED, coverage.counts(ALL), {("ec2", "DescribeVpcs", "colour"): "reason"})
    assert "there is no cell" in said


@pytest.mark.parametrize("code, status", [("InvalidAction", 400), ("NotModelled", 501), ("InternalError", 500)])
def test_what_is_not_there_or_broken_fills_no_cell(code, status):
    assert coverage.cell(call(code, status=status)) == []


def test_a_difference_that_nobody_judged_and_one_that_is_none_are_mistakes():
    rows = [differences.Row("f.py::t", "", "why"), differences.Row("f.py::u*", "404", "why")]
    failed = [test("f.py::t", outcome="failed"), test("f.py::u[1]", outcome="failed", why="a 404")]
    assert differences.judge(rows, failed) == []
    [said] = differences.judge(rows, [failed[0], test("f.py::u[1]", outcome="failed", why="a 500"), failed[1]])
    assert "f.py::u[1]" in said and "does not say why" in said
    [said] = differences.judge(rows, [test("f.py::t"), failed[1]])
    assert "f.py::t, in which moto does not differ" in said


def test_the_checked_in_lists_can_be_read():
    assert registry.read().facts and differences.read()
    assert set(coverage.exceptions().values())


def test_a_code_that_the_model_does_not_declare_is_a_mistake():
    asked = {"service": "ram", "operation": "GetResourceShares", "declared": ["UnknownResourceException"], "status": 400}
    fine = ("UnknownResourceException", "AccessDeniedException", "ok")
    assert declared.judge([call(code, **asked) for code in fine] + [call("InvalidVpcID.NotFound", status=400)]) == []
    [said] = declared.judge([call("MissingRequiredParameterException", **asked)] * 2)
    assert said.startswith("ram GetResourceShares answered MissingRequiredParameterException")
