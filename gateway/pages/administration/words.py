"""Words of the pages of administration. English here; translated when they are shown."""

from collections.abc import Mapping


def _(sentence: str) -> str:
    """Marks a sentence for the translators; it is translated when it is shown."""
    return sentence


ADMIN_WORDS: Mapping[str, Mapping[str, str]] = {
    "moderation": {
        "everybody": _("Everybody's, also those of organisations"),
        "volunteers": _("Those of volunteers"),
        "new": _("Only the first one of each provider"),
        "none": _("Nobody's"),
    },
    "service": {
        "actors": _("Organisations and search"),
        "people": _("Accounts and contacts"),
        "matching": _("Offers, needs and matches"),
        "notifications": _("Messages"),
    },
    "light": {"good": _("Works"), "look": _("Look at this"), "bad": _("Does not work")},
    "drop_reason": {
        "outdated": _("It is outdated"),
        "mended_by_hand": _("It was mended by hand"),
        "not_ours": _("It is nothing for this hub"),
    },
    "webhook": {"active": _("In use"), "disabled": _("Switched off")},
    "webhook_reason": {
        "owner": _("An administrator switched it off."),
        "gone": _("The address answered that it wants no more."),
        "failing": _("The address did not answer for three days."),
    },
    "delivery": {"due": _("Waits to be sent"), "sending": _("Being sent"), "sent": _("Arrived"), "failed": _("Did not arrive")},
    "done_by": {
        "account": _("A person"),
        "client": _("A partner's system"),
        "service": _("The hub itself"),
        "system": _("The hub itself"),
        "anonymous": _("Somebody without an account"),
    },
    "subject": {
        "account": _("Account"),
        "actor": _("Organisation"),
        "ask": _("Request without a name"),
        "case": _("Case"),
        "category": _("Kind of help"),
        "client": _("Partner's system"),
        "instance": _("Settings of the hub"),
        "invitation": _("Invitation"),
        "match": _("Match"),
        "need": _("Need"),
        "offer": _("Offer"),
        "round": _("Round"),
        "suggestion": _("Suggestion"),
        "webhook": _("Webhook"),
        "weights": _("Weights"),
    },
}
"""Group -> code -> English words."""

ADMIN_DONE: Mapping[str, str] = {
    "settings-kept": _("The settings are kept. They hold from now on."),
    "logo-kept": _("The picture is kept."),
    "logo-gone": _("The picture is taken away."),
    "invited-several": _("The invitations are on their way."),
    "sessions-ended": _("All sessions of this account have ended."),
    "factor-reset": _("The second factor is taken away. Another is set up after the next sign-in."),
    "client-changed": _("The system is changed."),
    "secret-withdrawn": _("The secret no longer holds."),
    "webhook-changed": _("The webhook is changed."),
    "webhook-gone": _("The webhook is taken away."),
    "webhook-tested": _("A test is on its way. Its result appears below in a moment."),
    "sent-again": _("It is sent again."),
    "letter-replayed": _("It was handled now."),
    "letter-dropped": _("It is given up. Who did so and why stands in the audit trail."),
    "category-kept": _("The category is kept."),
}
"""What a page says after something was done."""
