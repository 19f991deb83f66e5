"""Words of the pages of those who give help: offers, requests, calendar, team, results, own account."""

from collections.abc import Mapping


def _(sentence: str) -> str:
    """Marks a sentence for the translators."""
    return sentence


OWN_WORDS: Mapping[str, Mapping[str, str]] = {
    "close_reason": {
        "all_given": _("Everything was given"),
        "given_elsewhere": _("It was given in another way"),
        "no_time": _("I have no more time for it"),
        "nobody_asked": _("Nobody asked for it"),
        "other": _("Another reason"),
    },
    "account_state": {
        "invited": _("Invited, not here yet"),
        "active": _("Active"),
        "disabled": _("Shut"),
        "erased": _("Deleted"),
    },
}

OWN_DONE: Mapping[str, str] = {
    "offer-copy": _("A copy is among your drafts. Change what differs, then post it."),
    "offer-post": _("Your offer is posted. A coordinator may read it first."),
    "offer-hand_over": _("The offer belongs to your organisation now. Requests that you accepted stay yours."),
    "question-asked": _("Your question is on its way to the coordinator. You get a message when it is answered."),
    "question-answered": _("Your answer is on its way."),
    "feed-ended": _("The address of your calendar does not work any more."),
    "email-asked": _("Two mails are on their way, to your present and to your new address. The new one holds once you followed both links."),
    "email-kept": _("Your present address stays."),
    "email-half": _("Thank you. Now follow the link in the other mail, too."),
    "email-done": _("Your new address holds from now on."),
    "left-team": _("They are no longer in your organisation's team. What they entered stays with the organisation."),
    "i-left-team": _("You have left the organisation's team. Please sign in again."),
    "account-deleted": _("Your account is deleted. Thank you for having been here."),
}
