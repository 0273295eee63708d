"""What the tests say about the facts.

A fact is confirmed when all tests that were tried and name it passed, refuted when one failed, and not tried when
none could be. A fact that no test names, and a test that names what is no fact, are mistakes of the suite; a test about what is the
sandbox's own names none.
"""


def mistakes(registry, tests):
    """Returns what is wrong between the registry and the tests, as sentences."""
    named = {}
    for test in tests:
        for name in test["facts"]:
            named.setdefault(name, test["id"])
    found = [f"{test} names {name}, which is no fact" for name, test in sorted(named.items()) if name not in registry]
    found += [f"no test names {name}" for name in [*registry.facts, *registry.questions] if name not in named]
    return found


def judge(registry, tests):
    """Returns, for each fact, its verdict and the reason for it where there is one."""
    verdicts = {}
    for name in registry.facts:
        about = [test for test in tests if name in test["facts"]]
        failed = [test for test in about if test["outcome"] == "failed"]
        passed = [test for test in about if test["outcome"] == "passed"]
        if failed:
            verdicts[name] = ("refuted", f"{failed[0]['id']}: {failed[0]['why']}")
        elif passed:
            verdicts[name] = ("confirmed", "")
        else:
            verdicts[name] = ("not tried", about[0]["why"] if about else "no test names it")
    return verdicts


def answers(registry, rows):
    """Returns, for each question, what was observed, in words."""
    said = {}
    for question in registry.questions.values():
        observed = sorted({row["observed"] for row in rows if row["question"] == question.id})
        default = question.answers[question.default]
        said[question.id] = " and ".join(
            f"{it} ({'as the sandbox has it' if it == default else 'not as the sandbox has it by default'})"
            for it in observed) or "not tried"
    return said


def report(registry, rows):
    """Returns the whole report as text."""
    lines = []
    verdicts = judge(registry, rows["test"])
    for wanted in ("refuted", "not tried", "confirmed"):
        some = {name: why for name, (verdict, why) in verdicts.items() if verdict == wanted}
        lines.append(f"{wanted}: {len(some)} of {len(verdicts)} facts")
        for name, why in some.items():
            lines.append(f"  {name}: {registry.facts[name].says}")
            if why:
                lines.append(f"    {why}")
    lines.append("open questions:")
    for name, said in answers(registry, rows["answer"]).items():
        lines.append(f"  {name}: {registry.questions[name].asks} {said}")
    return "\n".join(lines)
