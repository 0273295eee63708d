"""facts/: the facts that the sandbox relies on, and the questions that nothing settles.

Each file of the directory holds one room's, as [fact."ID"] and [question."ID"]. An id never changes its meaning.
"""

import dataclasses
import pathlib
import tomllib

DIRECTORY = pathlib.Path(__file__).parents[1] / "facts"

SURE = {
    "stated": "AWS states it, in its documentation or its service models",
    "seen": "others have seen it on AWS",
    "practice": "widely used clients rely on it",
    "inferred": "it follows from other facts; nobody has said that they saw it",
}


@dataclasses.dataclass(frozen=True)
class Fact:
    id: str
    says: str
    source: str
    sure: str


@dataclasses.dataclass(frozen=True)
class Question:
    """What nothing settles. `answers` gives, for each position of the sandbox's switch, what a test then observes."""

    id: str
    asks: str
    source: str
    switch: str
    answers: dict
    default: str

    @property
    def other(self):
        """The position that is not the sandbox's default."""
        return next(position for position in self.answers if position != self.default)


@dataclasses.dataclass(frozen=True)
class Registry:
    facts: dict
    questions: dict

    def __contains__(self, name):
        return name in self.facts or name in self.questions


def read(directory=DIRECTORY):
    """Reads the registry; raises ValueError where a row says too little, or an id stands there twice."""
    facts, questions = {}, {}
    for path in sorted(directory.glob("*.toml")):
        table = tomllib.loads(path.read_text())
        for kind, make, known in (("fact", a_fact, facts), ("question", a_question, questions)):
            for name, row in table.pop(kind, {}).items():
                if name in facts or name in questions:
                    raise ValueError(f"{path.name}: {name} stands there twice")
                known[name] = make({"id": name, **row})
        if table:
            raise ValueError(f"{path.name}: nothing is known of {', '.join(table)}")
    return Registry(facts, questions)


def a_fact(row):
    fields(row, "id", "says", "source", "sure")
    if row["sure"] not in SURE:
        raise ValueError(f"{row['id']}: sure is one of {', '.join(SURE)}, not {row['sure']!r}")
    return Fact(**row)


def a_question(row):
    fields(row, "id", "asks", "source", "switch", "answers", "default")
    answers = row["answers"]
    if len(answers) != 2 or row["default"] not in answers or len(set(answers.values())) != 2:
        raise ValueError(f"{row['id']}: a question has two answers, and one of them is the default")
    return Question(**row)


def fields(row, *names):
    name = row.get("id", "a row without an id")
    if missing := [field for field in names if not row.get(field)]:
        raise ValueError(f"{name}: {', '.join(missing)} is missing")
    if further := sorted(set(row) - set(names)):
        raise ValueError(f"{name}: {', '.join(further)} is not known")
