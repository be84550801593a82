"""How the command begins and ends: at once, in words, with the contract's exit codes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import jsonschema
import pytest

from sync.cli import main
from sync.cli.entry import _unexpected
from sync.cli.overview import COMMANDS, overview
from sync.cli.terminal import json_without_controls, without_controls

HEAVY = ("sqlalchemy", "pydantic", "rich", "cyclopts", "asana", "trello", "gspread", "google", "requests", "holidays")
BEGIN = "import sys; from sync.cli import main; code = main({arguments!r}); "


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The installed command, as people run it."""
    alignd = Path(sys.executable).with_name("alignd")
    kept = {name: value for name, value in os.environ.items() if name not in ("ALIGND_CONFIG", "COLUMNS")}
    return subprocess.run([alignd, *arguments], capture_output=True, text=True, env={**kept, **environ}, check=False)


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], [], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = BEGIN.format(arguments=arguments) + f"print([m for m in {HEAVY!r} if m in sys.modules], code)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] 0"


WORLD = (
    "matplotlib", "numpy", "slack_sdk", "hubspot", "jinja2", "starlette", "uvicorn", "aiohttp", "smtplib",
    "asana", "trello", "gspread", "google", "requests",
)  # fmt: skip


def test_what_the_store_alone_answers_loads_no_vendor_no_chart_and_no_page(tmp_path: Path) -> None:
    file = shutil.copy(Path(__file__).parent.parent / "data" / "good" / "minimal.yaml", tmp_path)
    for arguments in (["status", "-c", str(file)], ["why", "sessions", "-c", str(file)]):
        code = BEGIN.format(arguments=arguments) + f"print([m for m in {WORLD!r} if m in sys.modules], code)"
        token = {**os.environ, "ASANA_TOKEN": "0123"}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=token, check=True)
        assert done.stdout.splitlines()[-1] == "[] 0", done.stdout + done.stderr


def test_a_command_whose_output_was_closed_before_it_began_does_its_work_all_the_same() -> None:
    alignd = Path(sys.executable).with_name("alignd")
    for arguments in ("--version", "check -c none.yaml"):
        done = subprocess.run(f"exec {alignd} {arguments} >&- 2>&-", shell=True, check=False)
        assert done.returncode == (0 if arguments == "--version" else 2)


@pytest.mark.parametrize("name", ["plan", "sync", "status"])
def test_the_help_of_a_command_loads_no_store_no_file_format_and_no_vendor(name: str) -> None:
    light = ("sqlalchemy", "pydantic", "asana", "trello", "gspread", "google", "ruamel")
    code = BEGIN.format(arguments=[name, "--help"]) + f"print([m for m in {light!r} if m in sys.modules], code)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] 0"


def test_the_overview_names_every_command_and_fits_80_columns() -> None:
    lines = overview().splitlines()
    assert all(len(line) <= 80 for line in lines)
    for command in COMMANDS:
        assert any(line.startswith(f"  {command.name} ") for line in lines)


def test_the_commands_are_those_of_the_contract_that_this_release_acts_on() -> None:
    first = "backtest backup check definitions demo doctor event history init plan report run schema"
    names = f"{first} service status sync why withdraw"
    assert sorted(command.name for command in COMMANDS) == names.split()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.name)
def test_every_command_has_a_module_a_function_and_a_docstring(command: object) -> None:
    module, function = getattr(command, "module", ""), getattr(command, "function", "")
    assert getattr(import_module(f"sync.cli.{module}"), function).__doc__


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.name)
def test_every_command_says_what_it_takes(command: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(getattr(command, "name", "")), "--help"]) == 0
    assert "Usage: alignd" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["snyc"], "there is no command 'snyc'; did you mean alignd sync?"),
        (["publish"], "there is no command 'publish'"),
        (["sync", "--accept-everything"], "--accept-everything"),
        (["why"], "SUBJECT"),
        (["withdraw", "seven"], "CYCLE"),
        (["schema", "cake"], "cake"),
        (["backtest", "--weeks", "0"], "from 1 to 260"),
        (["check", "-c", "nowhere/alignd.yaml"], "nowhere/alignd.yaml: there is no such file; alignd init writes one"),
        (["plan", "-c", "nowhere/alignd.yaml"], "there is no such file"),
    ],
)
def test_a_wrong_command_line_exits_2_with_words_on_stderr(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert "Traceback" not in said.err


def test_the_file_can_be_named_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ALIGND_CONFIG", "elsewhere/team.yaml")
    assert main(["check"]) == 2
    assert "elsewhere/team.yaml: there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "before", [["-c", "x.yaml"], ["--config", "x.yaml"], ["--config=x.yaml"], ["--json", "-c", "x.yaml"]]
)
def test_the_file_may_be_named_before_the_command(before: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*before, "check"]) == 2
    assert "x.yaml: there is no such file" in capsys.readouterr().err
    assert main(before) == 2
    assert "no command is named" in capsys.readouterr().err


def test_a_file_name_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "-c", "\x1b[31mred.yaml"]) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_an_error_that_nobody_foresaw_is_one_line_without_its_message() -> None:
    try:
        raise RuntimeError("token=super-secret")
    except RuntimeError as error:
        lines = _unexpected(error, debug=False)
        details = "\n".join(_unexpected(error, debug=True))
    assert len(lines) == 1
    assert "RuntimeError" in lines[0]
    assert "report this line" in lines[0]
    assert "super-secret" not in lines[0]
    assert "Traceback" in details
    assert "super-secret" not in details


def test_the_installed_command_answers_and_exits() -> None:
    done = run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == overview()
    assert run("nonsense").returncode == 2


def test_a_reader_that_goes_away_is_no_error() -> None:
    alignd = Path(sys.executable).with_name("alignd")
    done = subprocess.run(
        f"{alignd} schema output | head -n 1", shell=True, capture_output=True, text=True, check=False
    )
    assert done.stdout == "{\n"
    assert done.stderr == ""


@pytest.mark.parametrize("of", ["file", "output"])
def test_schema_prints_a_valid_schema_and_nothing_else(of: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", of]) == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


def test_controls_are_taken_out_and_line_breaks_become_blanks() -> None:
    assert without_controls("a\x1b[2Jb\nc\r\nd\u202ee\x9bf") == "a[2Jb c deff".replace("ff", "f")


def test_json_escapes_what_json_alone_would_let_through() -> None:
    text = json_without_controls(json.dumps({"a": "x\u009b\u202e"}, ensure_ascii=False))
    assert text == '{"a": "x\\u009b\\u202e"}'
    assert json.loads(text) == {"a": "x\u009b\u202e"}
