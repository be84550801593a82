"""The Dockerfile and the compose file: nobody's root, read-only, nothing but what the lock names, no secret inside."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config import load

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
SERVICES: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]


def instructions(name: str, text: str = DOCKERFILE) -> list[str]:
    """What follows each `name` in the Dockerfile, continued lines joined."""
    joined = re.sub(r"\\\n\s*", "", text)
    return [line.split(None, 1)[1] for line in joined.splitlines() if line.startswith(f"{name} ")]


def test_the_image_holds_only_what_the_lock_names_checked_against_its_hashes() -> None:
    runs = [one for one in instructions("RUN") if "pip" in one]
    assert "--require-hashes --no-deps --requirement requirements.lock" in runs[0]
    installs = [part for run in runs for part in run.split("&&") if re.search(r"\bpip\b.* (install|wheel) ", part)]
    assert len(installs) == 2
    assert all("--no-index --find-links /wheels" in one for one in installs)


def test_the_image_names_no_registry_and_no_secret() -> None:
    for text in (DOCKERFILE, COMPOSE):
        assert not re.search(r"(index-url|trusted-host|https?://)", text)
        assert not re.search(r"^\s*(ARG|ENV)?\s*\w*(TOKEN|PASSWORD|SECRET)\w*\s*[=:]\s*[^/\s]", text, re.MULTILINE)


def test_the_image_runs_as_a_user_without_a_name_to_look_up_and_hears_signals_itself() -> None:
    last = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert instructions("USER", last) == ["10001:10001"]
    assert json.loads(instructions("ENTRYPOINT", last)[0]) == ["alignd"]
    assert json.loads(instructions("CMD", last)[0]) == ["run"]
    assert "/healthz" in instructions("HEALTHCHECK", last)[0]
    check = json.loads(instructions("HEALTHCHECK", last)[0].split(" CMD ", 1)[1])
    assert check[:2] == ["python", "-c"]
    compile(check[2], "healthcheck", "exec")


def test_what_is_copied_is_there_and_is_let_through_and_nothing_else_is() -> None:
    first = DOCKERFILE.rsplit("\nFROM ", 1)[0]
    copied = {path for one in instructions("COPY", first) for path in one.split()[:-1]}
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert {line[1:] for line in ignored if line.startswith("!")} == copied
    assert all((ROOT / path).exists() for path in copied)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_container_is_without_root_on_a_read_only_system(name: str) -> None:
    one = SERVICES[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert "cap_add" not in one
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert one.get("user", "10001:10001").split(":")[0] not in ("0", "root")
    assert "privileged" not in one


def test_nothing_is_reachable_from_outside_and_the_database_reaches_nobody() -> None:
    compose = yaml.safe_load(COMPOSE)
    assert [port.split(":")[0] for one in SERVICES.values() for port in one.get("ports", [])] == ["127.0.0.1"]
    assert SERVICES["database"]["networks"] == ["inside"]
    assert compose["networks"]["inside"] == {"internal": True}
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())


def test_what_the_compose_file_says_of_the_teams_file_is_a_file_that_alignd_reads(tmp_path: Path) -> None:
    said = COMPOSE.split("\nname:", 1)[0].splitlines()
    shown = "\n".join(line.removeprefix("#   ") for line in said if line.startswith("#   "))
    assert sorted(re.findall(r"/run/secrets/(\w+)", shown)) == sorted(yaml.safe_load(COMPOSE)["secrets"])
    for name in ("asana_token", "database_password"):
        (tmp_path / name).write_text("canary/with:odd@signs\n")
    rest = (
        "version: 1\nworkspace: {id: acme, timezone: Europe/Berlin}\npeople: {ana: {name: Ana, email: ana@a.example}}\n"
        'sources: {web: {kind: ga4, property: "123456789"}}\nkpis: {sessions: {name: Sessions, owner: ana, '
        "period: week, value: {source: web, metric: sessions}, target: 1}}\n"
    )
    file = tmp_path / "alignd.yaml"
    file.write_text(rest + shown.replace("/run/secrets", str(tmp_path)) + "\n")
    loaded = load(file, {})
    assert loaded.problems == ()
    assert loaded.config is not None
    assert "canary" not in loaded.config.store.replace("canary%2Fwith%3Aodd%40signs", "")
