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
    "webhook_event": {
        "hub.actors.actor.created.v1": _("An organisation was added"),
        "hub.actors.actor.changed.v1": _("An organisation was changed"),
        "hub.actors.actor.archived.v1": _("An organisation was archived"),
        "hub.actors.actor.merged.v1": _("Two records of an organisation became one"),
        "hub.actors.actor.unmerged.v1": _("Two records were taken apart again"),
        "hub.matching.offer.posted.v1": _("An offer was posted"),
        "hub.matching.offer.approved.v1": _("An offer was approved"),
        "hub.matching.offer.refused.v1": _("An offer was not approved"),
        "hub.matching.offer.changed.v1": _("An offer was changed"),
        "hub.matching.offer.paused.v1": _("An offer was paused"),
        "hub.matching.offer.resumed.v1": _("An offer takes requests again"),
        "hub.matching.offer.closed.v1": _("An offer was closed"),
        "hub.matching.offer.review_due.v1": _("A provider is asked whether an offer is still true"),
        "hub.matching.need.proposals_ready.v1": _("A need has new proposals"),
        "hub.matching.match.confirmed.v1": _("A match was confirmed"),
        "hub.matching.match.accepted.v1": _("A match was accepted"),
        "hub.matching.match.declined.v1": _("A match was declined"),
        "hub.matching.match.expired.v1": _("A match was not answered in time"),
        "hub.matching.match.started.v1": _("The help of a match has begun"),
        "hub.matching.match.fulfilled.v1": _("The help of a match was given"),
        "hub.matching.match.failed.v1": _("A match came to nothing"),
        "hub.matching.match.cancelled.v1": _("A match was cancelled"),
        "hub.matching.round.solved.v1": _("The plan of a round is ready"),
        "hub.matching.round.applied.v1": _("A round was applied"),
    },
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
        "capacity": _("Places of reception"),
        "case": _("Case"),
        "category": _("Kind of help"),
        "claim": _("This is my organisation"),
        "client": _("Partner's system"),
        "dead_letter": _("Events not handled"),
        "declaration": _("Declaration"),
        "duplicate": _("Records that look alike"),
        "import": _("Import"),
        "import_source": _("Source"),
        "initiative": _("Initiative"),
        "instance": _("Settings of the hub"),
        "invitation": _("Invitation"),
        "mail": _("Message"),
        "match": _("Match"),
        "membership": _("Membership"),
        "need": _("Need"),
        "offer": _("Offer"),
        "practice": _("Practice"),
        "resource": _("Resource"),
        "round": _("Round"),
        "search": _("My search"),
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
    "email-corrected": _("A mail is on its way to the new address, and the old one is told. The new one is used once its link was followed."),
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
