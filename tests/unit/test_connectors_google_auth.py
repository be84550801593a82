"""Google credentials: from a file, from the environment, refused, unreachable; never their content in a message."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.calls import Calls
from connectors.errors import NeedsPerson, Unreachable, VendorError
from connectors.google_auth import SHEETS_READ, SHEETS_WRITE, load_principal
from connectors.sheets.client import SheetsClient
from connectors.sheets.settings import SheetsSettings
from tests.unit.google_loopback import Answer, Request, Untiring, serve

CANARY = "c4n4ry-s3cret-value"


@pytest.fixture(scope="module")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def settings(folder: Path, **more: object) -> SheetsSettings:
    return SheetsSettings.model_validate({"id": "scorecard", "spreadsheet": "1AbC", "folder": folder, **more})


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without any Google credentials of its own."""
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "nothing"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")


def test_without_a_file_the_applications_default_credentials_are_used(
    bare: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "adc.json"
    user = {"type": "authorized_user", "client_id": "id", "client_secret": CANARY, "refresh_token": CANARY}
    path.write_text(json.dumps(user))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    found = load_principal(settings(tmp_path), [SHEETS_READ])
    assert (found.anonymous, found.who) == (False, "your Google login")


def test_no_credentials_anywhere_is_said_with_two_ways_to_mend_it(bare: None, tmp_path: Path) -> None:
    with pytest.raises(NeedsPerson) as caught:
        load_principal(settings(tmp_path), [SHEETS_READ])
    assert "no Google credentials found" in caught.value.what
    assert "GOOGLE_APPLICATION_CREDENTIALS" in caught.value.advice


def test_anonymous_is_nobody_and_sends_no_token(tmp_path: Path) -> None:
    with serve(lambda _: Answer({"valueRanges": [{"range": "Spend!A1"}]})) as vendor:
        client = SheetsClient(settings(tmp_path, credentials="anonymous", endpoint=vendor.url), Untiring(), Calls())
        client.fetch(["Spend!A1"])
        client.close()
    assert "authorization" not in vendor.seen[0].headers


def fetch_with_robot(
    folder: Path, private_key: str, answer: object, status: int = 200, *, writes: bool = False
) -> tuple[Request, Request]:
    """Fetch once with a service account whose token comes from a loopback address; both requests."""
    asked: list[Request] = []

    def google(request: Request) -> Answer:
        asked.append(request)
        if request.path == "/token":
            return Answer(answer, status)
        return Answer({"valueRanges": [{"range": "Spend!A1"}]})

    with serve(google, forms=True) as vendor:
        robot = {
            "type": "service_account",
            "private_key": private_key,
            "private_key_id": CANARY,
            "client_email": "robot@project.iam.gserviceaccount.com",
            "token_uri": f"{vendor.url}/token",
        }
        (folder / "google.json").write_text("\ufeff" + json.dumps(robot))  # as some editors save it
        calls = Calls()
        client = SheetsClient(settings(folder, credentials="google.json", endpoint=vendor.url), Untiring(), calls)
        if writes:
            client.allow_writing()
        try:
            client.fetch(["Spend!A1"])
        finally:
            client.close()
    assert calls.made == 1  # a token is no call of the vendor's quota
    return asked[0], asked[1]


@pytest.mark.parametrize(("writes", "scope"), [(False, SHEETS_READ), (True, SHEETS_WRITE)])
def test_a_service_account_asks_for_the_right_to_read_and_for_no_more_unless_a_tab_is_published(
    tmp_path: Path, private_key: str, writes: bool, scope: str
) -> None:
    token = {"access_token": "ya29.token", "expires_in": 3600, "token_type": "Bearer"}
    grant, read = fetch_with_robot(tmp_path, private_key, token, writes=writes)
    claims = parse_qs(str(grant.body["form"]))["assertion"][0].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["scope"] == scope
    assert read.headers["authorization"] == "Bearer ya29.token"


def test_a_sign_in_that_refuses_needs_a_person_and_tells_no_secret(tmp_path: Path, private_key: str) -> None:
    refused = {"error": "invalid_grant", "error_description": f"Invalid signature for {CANARY}."}
    with pytest.raises(NeedsPerson) as caught:
        fetch_with_robot(tmp_path, private_key, refused, 400)
    assert "robot@project.iam.gserviceaccount.com" in caught.value.what
    assert "key" in caught.value.advice
    assert CANARY not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"


def test_a_sign_in_that_cannot_be_reached_is_tried_later(tmp_path: Path, private_key: str) -> None:
    robot = {
        "type": "service_account",
        "private_key": private_key,
        "client_email": "robot@project.iam.gserviceaccount.com",
        "token_uri": "http://127.0.0.1:9/token",
    }
    (tmp_path / "google.json").write_text(json.dumps(robot))
    client = SheetsClient(
        settings(tmp_path, credentials="google.json", endpoint="http://127.0.0.1:9"), Untiring(), Calls()
    )
    with pytest.raises(Unreachable) as caught:
        client.fetch(["Spend!A1"])
    client.close()
    assert isinstance(caught.value, VendorError)
    assert "sign-in cannot be reached" in caught.value.what
