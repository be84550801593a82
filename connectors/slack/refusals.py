"""What Slack's `ok: false` means, by what to do next (docs.slack.dev/reference/methods/chat.postMessage, errors)."""

from __future__ import annotations

from connectors.errors import NeedsPerson, OutcomeUnknown, Refused, TryLater, Unreachable, VendorError

# "It's possible some aspect of the operation succeeded before the error was raised."
PERHAPS_DONE = frozenset({"internal_error", "fatal_error"})
LATER = frozenset({"service_unavailable", "request_timeout", "team_added_to_org"})
LOST_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission"}
)
NOT_ALLOWED = frozenset(
    {
        "restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel", "restricted_action_thread_locked", "access_denied",
        "ekm_access_denied", "org_login_required", "enterprise_is_restricted", "accesslimited",
        "team_access_not_granted", "not_allowed_token_type", "method_deprecated", "deprecated_endpoint",
        "cannot_reply_to_message", "is_inactive", "team_not_found",
    }
)  # fmt: skip
OURS = frozenset(
    {
        "msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format", "no_text", "invalid_metadata",
        "invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large", "too_many_attachments",
        "invalid_arguments", "invalid_arg_name", "invalid_json", "json_not_object", "invalid_post_type",
    }
)  # fmt: skip


def error_of(where: str, method: str, code: str, shown: str, channel: str, needed: str, *, writes: bool) -> VendorError:
    """The error a code stands for. `shown`: the code as it may be shown; `needed`: the scope Slack names."""
    if code in PERHAPS_DONE:
        what = f"Slack failed ({shown})"
        if writes:
            return OutcomeUnknown(where, what, "nothing to do: it is looked for before it is sent again")
        return Unreachable(where, what, "nothing to do unless it lasts: the next cycle asks again")
    if code in LATER:
        return TryLater(where, f"Slack is not available ({shown})", "nothing to do unless it lasts: it is tried again")
    if code in LOST_TOKEN:
        mend = f"make a new bot token, set it, then run alignd doctor ({where})"
        return NeedsPerson(where, f"Slack does not take the token ({shown})", mend)
    if code == "missing_scope":
        mend = f"add the scope {needed or 'that Slack names'} to the app's bot token and install the app again"
        return NeedsPerson(where, f"the token may not do this ({method})", mend)
    if code in ("channel_not_found", "not_in_channel"):
        mend = f"invite alignd's app to the channel (/invite in it), or correct channels.{where}.channel"
        what = "is not there, or not for this token" if code == "channel_not_found" else "has not let alignd's app in"
        return NeedsPerson(where, f"Slack channel {channel} {what}", mend)
    if code == "is_archived":
        mend = f"unarchive it, or name another one in channels.{where}.channel"
        return NeedsPerson(where, f"Slack channel {channel} is archived", mend)
    if code in NOT_ALLOWED or code.startswith("restricted_action"):
        mend = "ask the workspace's admin to let alignd's app post in this channel"
        return NeedsPerson(where, f"Slack does not allow this here ({shown})", mend)
    if code in OURS:
        mend = "this is alignd's fault, not yours: please report it, with this message"
        return Refused(where, f"Slack does not take the message ({shown})", mend)
    return Refused(where, f"Slack refused ({shown})", "run alignd doctor")
