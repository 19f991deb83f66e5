"""Words of the desk, of bulk actions, of moderation and of what happened to a case."""

from collections.abc import Mapping


def _(sentence: str) -> str:
    """Marks a sentence for the translators; it is translated when it is shown."""
    return sentence


DESK_WORDS: Mapping[str, Mapping[str, str]] = {
    "desk": {
        "answer_missed": _("Not answered in time"),
        "declined": _("Declined"),
        "answer_due": _("Answer due soon"),
        "nothing_fits": _("Nothing fits"),
        "to_confirm": _("An offer fits"),
        "not_begun": _("Accepted, not begun"),
        "consent_missing": _("Consent missing"),
        "asked": _("Asked without a name"),
        "to_approve": _("Offers to approve"),
        "no_outcome": _("No outcome yet"),
        "quiet": _("Quiet cases"),
        "review_due": _("Still true?"),
        "suggestions": _("Suggestions"),
    },
    "desk_why": {
        "answer_missed": _("Nobody answered the request in time. The need is open again."),
        "declined": _("The provider declined. The need is open again."),
        "answer_due": _("The provider must answer by {moment}."),
        "answer_late": _("The answer was due by {moment}. The request expires at any moment."),
        "nothing_fits": _("No offer fits this need."),
        "to_confirm": _("An offer fits this need."),
        "not_begun": _("It was accepted on {day}, and nobody said that the help has begun."),
        "consent_missing": _("The person has not agreed to be matched, so nothing can be looked for."),
        "asked": _("Somebody asks for help under a code."),
        "to_approve": _("The offer is not seen before somebody reads it."),
        "no_outcome": _("The help began some time ago. Nobody said how it went."),
        "quiet": _("Nothing has changed in this case for a month."),
        "review_due": _("The provider was asked whether the offer still holds, and has not answered."),
        "suggestions": _("Somebody suggests a change of the registry."),
    },
    "next": {
        "answer_missed": _("See what would help"),
        "declined": _("See what would help"),
        "answer_due": _("Look at the match"),
        "nothing_fits": _("See what would help"),
        "to_confirm": _("See the offers that fit"),
        "not_begun": _("Look at the match"),
        "consent_missing": _("Record the consent"),
        "asked": _("Read it"),
        "to_approve": _("Read and decide"),
        "no_outcome": _("Say how it went"),
        "quiet": _("Look at the case"),
        "review_due": _("Look at the offer"),
    },
    "desk_scope": {"mine": _("My cases"), "team": _("My team"), "all": _("Everything")},
    "bulk": {
        "confirm": _("Confirm the best offer"),
        "remind": _("Remind the provider"),
        "extend": _("Give seven more days to answer"),
        "withdraw": _("Withdraw the need"),
        "close": _("Close the case"),
        "approve": _("Approve the offer"),
    },
    "refusal": {
        "contact_in_text": _("The text holds a telephone number, an address or a name. Leave them out and post it again."),
        "unclear": _("It is not clear what is offered. Say what, for whom and when, and post it again."),
        "no_help": _("It is not an offer of help for newcomers."),
        "costs_money": _("It asks for money. Help here is free."),
        "not_safe": _("It could be unsafe for the people who come. Ask a coordinator how it can be done."),
        "there_already": _("The same offer is there already."),
        "other": _("Another reason. A coordinator can tell you more."),
    },
    "happened": {
        "case.recorded": _("The case was recorded."),
        "case.changed": _("The case was changed."),
        "case.shared": _("The case was shared with another team."),
        "case.unshared": _("A team sees the case no longer."),
        "case.closed": _("The case was closed."),
        "case.reopened": _("The case was opened again."),
        "case.erased": _("What was known of the person was deleted."),
        "case.taken": _("The request became a case."),
        "need.posted": _("A need was recorded."),
        "need.changed": _("A need was changed."),
        "need.refreshed": _("Offers were looked for anew."),
        "need.withdrawn": _("A need was withdrawn."),
        "need.erased": _("A need was withdrawn."),
        "match.confirmed": _("A match was confirmed. The provider was asked."),
        "match.accepted": _("The provider accepted."),
        "match.declined": _("The provider declined."),
        "match.expired": _("Nobody answered in time."),
        "match.extended": _("The provider got more time to answer."),
        "match.reminded": _("The provider was reminded."),
        "match.started": _("The help began."),
        "match.fulfilled": _("The help was given."),
        "match.failed": _("It came to nothing."),
        "match.cancelled": _("The match was cancelled."),
        "match.asked": _("The provider asked a question."),
    },
    "by": {"you": _("You"), "person": _("A person"), "client": _("Another system"), "system": _("The hub")},
    "missing": {
        "consent": _("They have not agreed to be matched."),
        "place": _("It is not known where they are, so nothing near can be found."),
        "languages": _("It is not known which languages they speak."),
        "need": _("No need is recorded yet."),
        "proposals": _("For one need or more, no offer fits."),
    },
}
"""Group -> code -> English words."""

DESK_DONE: Mapping[str, str] = {
    "match-remind": _("The provider is reminded."),
    "match-extend": _("The provider has more time to answer."),
    "match-undone": _("The match is taken back. The need is open again."),
    "match-reassign": _("The match is cancelled. Choose another offer here."),
    "case-reopened": _("The case is open again."),
    "case-shared": _("The team can see the case now."),
    "case-unshared": _("The team can see the case no longer."),
}
"""What a page says after something was done, by the word in `?done=`."""
