"""Words of the pages of figures."""

from collections.abc import Mapping


def _(sentence: str) -> str:
    """Marks a sentence for the translators."""
    return sentence


STATISTICS_WORDS: Mapping[str, Mapping[str, str]] = {
    "period": {"day": _("Days"), "week": _("Weeks"), "month": _("Months"), "quarter": _("Quarters")},
    "measure": {
        "needs_posted": _("Needs recorded"),
        "needs_matched": _("Needs with a first match"),
        "needs_fulfilled": _("Needs fulfilled"),
        "needs_withdrawn": _("Needs withdrawn"),
        "needs_ran_out": _("Needs that nobody could help with"),
        "needs_waiting": _("Needs waiting"),
        "needs_with_match": _("Needs with a match under way"),
        "needs_without_place": _("Needs without a place"),
        "requests_made": _("Requests to providers"),
        "requests_accepted": _("Requests accepted"),
        "requests_declined": _("Requests declined"),
        "requests_expired": _("Requests not answered in time"),
        "requests_called_off": _("Requests called off"),
        "help_called_off": _("Help called off"),
        "outcome_helped": _("Helped"),
        "outcome_helped_in_part": _("Helped in part"),
        "outcome_no_show_of_case": _("The household did not come"),
        "outcome_no_show_of_provider": _("The provider did not come"),
        "outcome_did_not_fit": _("It did not fit"),
        "outcome_broken_off": _("Broken off"),
        "declined_no_longer_available": _("No longer available"),
        "declined_times_do_not_fit": _("The times do not fit"),
        "declined_too_far": _("Too far away"),
        "declined_not_suitable": _("Not suitable"),
        "declined_too_many_requests": _("Too many requests"),
        "declined_other": _("Another reason"),
        "time_to_match": _("From need to match"),
        "time_to_accept": _("From match to acceptance"),
        "time_to_fulfil": _("From acceptance to fulfilment"),
        "offers_posted": _("Offers posted"),
        "offers_open": _("Open offers"),
        "offers_never_asked": _("Never asked"),
        "offers_asked": _("Asked, with places left"),
        "offers_full": _("Full"),
        "places": _("Places"),
        "places_used": _("Places used"),
    },
    "fate": {"fulfilled": _("Fulfilled"), "ended": _("Ended without help"), "going_on": _("Open or being helped")},
    "request_answer": {
        "accepted": _("Accepted"),
        "declined": _("Declined"),
        "expired": _("Not answered in time"),
        "called_off": _("Called off"),
        "waiting": _("Waiting for an answer"),
        "accepted.fulfilled": _("Accepted, and the help was given"),
        "accepted.not_fulfilled": _("Accepted, and the help was not given"),
        "accepted.going_on": _("Accepted, and the help goes on"),
    },
}
"""What codes of figures are called."""
