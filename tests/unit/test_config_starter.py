"""The file that init writes: right as it stands, in mode watch, whatever was answered."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.document import parse
from config.expansion import Expansion
from config.starter import StarterAnswers, slug, starter
from tests.unit.config_samples import read, well

UNWRITABLE = {"Cc", "Cs", "Cn", "Zl", "Zp"}


@pytest.mark.parametrize("source", ["ga4", "sheets", "csv"])
@pytest.mark.parametrize("tracker", ["asana", "trello"])
def test_the_starter_file_passes_check_without_a_warning(source: str, tracker: str, tmp_path: Path) -> None:
    loaded = read(tmp_path, starter(StarterAnswers(source=source, tracker=tracker)))
    assert [str(one) for one in (*loaded.problems, *loaded.warnings)] == []
    assert loaded.config is not None
    assert [one.mode for one in loaded.config.trackers.values()] == ["watch"]
    assert loaded.config.kpis["sessions"].owner == "ana_alves"


def test_what_was_answered_stands_in_it(tmp_path: Path) -> None:
    config = well(tmp_path, starter(StarterAnswers(
        workspace="Müller & Söhne: GmbH", timezone="Africa/Johannesburg", person="Thandi Mokoena",
        email="thandi@team.example", trello="thandim", source="csv", place="exports/*.csv", tracker="trello",
        home="Zz99Yy88",
    )))  # fmt: skip
    assert (config.workspace.id, config.workspace.name) == ("muller-sohne-gmbh", "Müller & Söhne: GmbH")
    person = config.people["thandi_mokoena"]
    assert (person.name, person.email, person.accounts) == (
        "Thandi Mokoena",
        "thandi@team.example",
        (("trello", "thandim"),),
    )
    assert config.terms["exports"].identity == "csv:exports/*.csv"


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_no_name_breaks_the_file(workspace: str, person: str) -> None:
    tree = parse(starter(StarterAnswers(workspace=workspace, person=person)))
    assert list(tree.root.entries or {}) == ["version", "workspace", "people", "sources", "trackers", "kpis"]
    owner = tree.node(("people", slug(person, "owner"), "name"))
    assert owner is not None
    assert owner.text is not None
    expansion = Expansion({}, Path())
    seen = expansion.put_in(owner.text)
    assert [c for c in seen if not c.isspace()] == [
        c for c in person if not c.isspace() and unicodedata.category(c) not in UNWRITABLE
    ]


def test_the_commented_parts_are_right_when_they_are_taken_in(tmp_path: Path) -> None:
    text = starter(StarterAnswers())
    opened = "\n".join(
        line.replace("# ", "", 1) if line.startswith(("# policy:", "#   ", "# goals:")) else line
        for line in text.split("\n")
    )
    config = well(tmp_path, opened)
    assert [goal.id for goal in config.goals] == ["growth"]
    assert config.policy.max_open == 5


def test_the_lines_fit_an_editor() -> None:
    assert max(len(line) for line in starter(StarterAnswers()).split("\n")) <= 120
