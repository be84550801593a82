"""Redaction: a secret is masked in every disguise, by value and by shape."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.redaction import MASK, redact, vendor_words

CANARY = 'c4n4ry/+"%s3cret'


@pytest.mark.parametrize(
    "text",
    [
        f"refused: {CANARY}",
        f"GET https://api.example/1/boards?x={quote(CANARY, safe='')}",
        '{"echo": "c4n4ry/+\\"%s3cret"}',
        f"Basic-ish {base64.b64encode(CANARY.encode()).decode()}",
    ],
)
def test_a_known_secret_is_masked_plain_quoted_escaped_and_in_base64(text: str) -> None:
    shown = redact(text, [CANARY])
    assert "c4n4ry" not in shown
    assert base64.b64encode(CANARY.encode()).decode() not in shown
    assert MASK in shown


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Authorization: Bearer abc.def-ghi", "abc.def-ghi"),
        ("{'Authorization': 'OAuth oauth_consumer_key=\"kkkk\", oauth_token=\"tttt\"'}", "tttt"),
        ("https://api.trello.com/1/boards/b?key=0123abcd&token=ATTA99&fields=all", "0123abcd"),
        ("https://api.trello.com/1/boards/b?key=0123abcd&token=ATTA99&fields=all", "ATTA99"),
        ("postgresql://alignd:hunter2@db/alignd", "hunter2"),
        ("token 2/1200000000000001/1200000000000002:0123456789abcdef0123456789abcdef", "0123456789abcdef"),
        ("ya29.a0AfH6SMBx-yyyy_zzzz", "a0AfH6SMBx"),
        ("AIzaSyA-1234567890_abcdefghijklmnop", "SyA-1234567890"),
        ("-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----", "MIIEvQ"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEvQ and then it is cut", "MIIEvQ"),
        ('{"client_secret": "s3cr3t-value", "a": 1}', "s3cr3t-value"),
        ("{'refresh_token': 'r3fr3sh'}", "r3fr3sh"),
        ("SMTP_PASSWORD=hunter2 in the environment", "hunter2"),
        ("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln", "eyJpc3MiOiJ4In0"),
        ("xoxb-123456789012-abcdef", "123456789012"),
    ],
)
def test_what_looks_like_a_credential_is_masked_though_nobody_registered_it(text: str, gone: str) -> None:
    assert gone not in redact(text)


def test_ordinary_words_and_places_stay_readable() -> None:
    text = "scorecard Spend!D14 holds #REF!; the key is missing, property 123456789, 2026-W46, saypro/action/sessions"
    assert redact(text, ["", "abc"]) == text


@given(
    st.text(alphabet=st.characters(codec="utf-8"), min_size=6, max_size=40), st.text(max_size=40), st.text(max_size=40)
)
def test_no_text_around_it_lets_a_known_secret_through(secret: str, before: str, after: str) -> None:
    assert secret not in redact(before + secret + after, [secret]).replace(MASK, "") or secret in before + after


def test_a_vendors_message_is_one_line_short_and_without_control_characters() -> None:
    said = vendor_words("first\r\nsecond\x1b[31m " + "x" * 1000)
    assert said.startswith("first second [31m xxx")
    assert len(said) == 300
    assert said.endswith("…")


def test_a_web_page_in_place_of_an_answer_is_said_to_be_one() -> None:
    assert vendor_words("\n<!DOCTYPE html><html><title>502</title>") == "a web page instead of an answer"
