"""Words for the codes that pages show: states, reasons, roles, parts of a score. English here; translated when they are shown."""

from collections.abc import Mapping
from typing import Any

from chassis.context import locale
from chassis.language import translate, translate_count
from gateway.pages.administration.words import ADMIN_WORDS
from gateway.pages.asking_words import ASKING_WORDS
from gateway.pages.desk_words import DESK_WORDS
from gateway.pages.formats import isolated, listed, number, week
from gateway.pages.own_words import OWN_WORDS
from gateway.pages.registry.import_words import IMPORT_WORDS
from gateway.pages.registry.moderation_words import MODERATION_WORDS
from gateway.pages.registry.words import PROVENANCE_WORDS
from gateway.pages.statistics_words import STATISTICS_WORDS


def _(sentence: str) -> str:
    """Marks a sentence for the translators; it is translated when it is shown."""
    return sentence


LANGUAGE_NAMES: Mapping[str, str] = {
    "en": "English",
    "fr": "Français",
    "de": "Deutsch",
    "es": "Español",
    "it": "Italiano",
    "uk": "Українська",
    "ar": "العربية",
}
"""The hub's languages, each in itself."""

WORDS: Mapping[str, Mapping[str, str]] = {
    **PROVENANCE_WORDS,
    **ASKING_WORDS,
    **STATISTICS_WORDS,
    **ADMIN_WORDS,
    **DESK_WORDS,
    **MODERATION_WORDS,
    **IMPORT_WORDS,
    **OWN_WORDS,
    "role": {
        "volunteer": _("Volunteer"),
        "member": _("Member of an organisation"),
        "coordinator": _("Coordinator"),
        "observer": _("Observer"),
        "admin": _("Administrator"),
    },
    "offer": {
        "draft": _("Draft"),
        "awaiting_moderation": _("Waits for approval"),
        "open": _("Open"),
        "paused": _("Paused"),
        "full": _("Full"),
        "closed": _("Closed"),
    },
    "case": {"open": _("Open"), "closed": _("Closed")},
    "need": {
        "open": _("Open"),
        "matched": _("Matched"),
        "in_progress": _("Help has begun"),
        "closed": _("Helped"),
        "withdrawn": _("Withdrawn"),
    },
    "match": {
        "confirmed": _("Waits for an answer"),
        "accepted": _("Accepted"),
        "declined": _("Declined"),
        "expired": _("Not answered in time"),
        "in_progress": _("Help has begun"),
        "fulfilled": _("Help was given"),
        "not_fulfilled": _("Came to nothing"),
        "cancelled": _("Cancelled"),
    },
    "round": {
        "draft": _("Being prepared"),
        "solving": _("Being planned"),
        "ready": _("Ready for review"),
        "applied": _("Applied"),
        "failed": _("Could not be planned"),
    },
    "round_failure": {
        "solver_stopped": _("The planning was stopped before it found a plan."),
        "nothing_to_plan": _("No open need has an offer that fits."),
    },
    "not_applied": {
        "need_not_open": _("The need is no longer open."),
        "offer_not_open": _("The offer is no longer open."),
        "offer_full": _("The offer has become full."),
        "not_eligible": _("The two do not fit any more."),
        "together": _("It belongs together with a need that could not be placed."),
    },
    "decision": {
        "keep": _("Keep this pair"),
        "forbid": _("Not this pair"),
        "without_need": _("Leave the need out"),
        "without_offer": _("Leave the offer out"),
    },
    "decided": {
        "keep": _("Kept:"),
        "forbid": _("Not together:"),
        "without_need": _("Need left out:"),
        "without_offer": _("Offer left out:"),
    },
    "pin_lost": {
        "forbidden": _("You also said that the two may not be together."),
        "left_out": _("The need or the offer is left out of this round."),
        "not_eligible": _("The two do not fit."),
        "no_room": _("The offer has no room left beside the other kept pairs."),
    },
    "urgency": {"low": _("Can wait"), "normal": _("Normal"), "high": _("Soon"), "urgent": _("Urgent")},
    "decline_reason": {
        "no_longer_available": _("It is no longer available"),
        "times_do_not_fit": _("The times do not fit"),
        "too_far": _("It is too far"),
        "not_suitable": _("It does not suit"),
        "too_many_requests": _("I have too many requests"),
        "other": _("Another reason"),
    },
    "cancel_reason": {
        "found_elsewhere": _("Help was found elsewhere"),
        "no_longer_needed": _("It is no longer needed"),
        "provider_unavailable": _("The provider is not available"),
        "not_suitable": _("It does not suit"),
        "moved_away": _("They moved away"),
        "consent_withdrawn": _("Consent was withdrawn"),
        "confirmed_by_mistake": _("It was confirmed by mistake"),
        "other": _("Another reason"),
    },
    "good_outcome": {"helped": _("It helped"), "helped_in_part": _("It helped in part")},
    "bad_outcome": {
        "no_show_of_case": _("The person did not come"),
        "no_show_of_provider": _("The provider did not come"),
        "did_not_fit": _("It did not fit"),
        "broken_off": _("It was broken off"),
    },
    "part": {
        "distance": _("Distance"),
        "language": _("Language"),
        "times": _("Times in common"),
        "topics": _("Topics"),
        "size_fit": _("Fit of size"),
        "continuity": _("Already helps this case"),
        "preferences": _("Wishes met"),
        "fair_load": _("Providers asked less often"),
        "answering": _("Answers in time"),
        "waiting": _("Days waited"),
    },
    "unit": {"person": _("person"), "household": _("household"), "item": _("item"), "hour": _("hour")},
    "units": {"person": _("How many people?"), "household": _("How many households?"), "item": _("How many pieces?"), "hour": _("How many hours?")},
    "weekday": {
        "0": _("Monday"),
        "1": _("Tuesday"),
        "2": _("Wednesday"),
        "3": _("Thursday"),
        "4": _("Friday"),
        "5": _("Saturday"),
        "6": _("Sunday"),
    },
    "day_part": {"morning": _("morning"), "afternoon": _("afternoon"), "evening": _("evening")},
    "audience": {
        "public": _("Everybody"),
        "coordinators": _("Coordinators only"),
        "peers": _("Coordinators here and in partner cities"),
    },
    "actor_kind": {
        "municipality": _("Municipality"),
        "region": _("Region"),
        "civil_society": _("Civil society"),
        "network": _("Network"),
        "international_organisation": _("International organisation"),
        "university": _("University"),
        "public_body": _("Public body"),
    },
    "membership": {"founder": _("Founder"), "coordinator": _("Coordinates"), "signatory": _("Signatory"), "member": _("Member")},
    "declaration": {
        "council_motion": _("Council motion"),
        "mayor_statement": _("Statement of the mayor"),
        "charter_signature": _("Signature of a charter"),
        "network_accession": _("Accession to a network"),
    },
    "theme": {
        "housing": _("Housing"),
        "language": _("Language"),
        "legal": _("Law"),
        "health": _("Health"),
        "employment": _("Work"),
        "education": _("Education"),
        "mentoring": _("Mentoring"),
        "food": _("Food"),
        "donations": _("Donations"),
        "reception": _("Reception"),
        "participation": _("Participation"),
        "anti-discrimination": _("Against discrimination"),
        "community-space": _("Community space"),
        "regularisation": _("Regularisation"),
        "rescue": _("Rescue"),
        "coordination": _("Coordination"),
    },
    "resource_kind": {"report": _("Report"), "article": _("Article"), "book": _("Book"), "web": _("Web page")},
    "yes_no": {"true": _("Yes"), "false": _("No")},
    "digest": {"never": _("Never"), "daily": _("Once a day"), "weekly": _("Once a week")},
    "search_part": {
        "q": _("Words"),
        "kind": _("Kind"),
        "country": _("Country"),
        "network": _("Network"),
        "theme": _("Theme"),
        "practice": _("Practice"),
        "has_declaration": _("Declared solidarity"),
        "confirmed": _("Confirmed by both sides"),
    },
    "age_band": {
        "0-2": _("0 to 2 years"),
        "3-5": _("3 to 5 years"),
        "6-11": _("6 to 11 years"),
        "12-17": _("12 to 17 years"),
        "18-24": _("18 to 24 years"),
        "25-64": _("25 to 64 years"),
        "65+": _("65 years and more"),
    },
    "account": {"invited": _("Invited"), "active": _("Active"), "disabled": _("Disabled"), "erased": _("Erased")},
    "scope": {
        "read": _("Read the registry and public offers"),
        "offers": _("Post and change offers of its organisation"),
        "needs": _("Record cases and needs of its organisation"),
        "matches": _("See proposals and confirm"),
        "statistics": _("Read statistics"),
        "registry": _("Change the registry"),
    },
    "mail": {
        "due": _("Waits to be sent"),
        "held": _("Held back"),
        "sending": _("Being sent"),
        "sent": _("Sent"),
        "failed": _("Failed"),
        "overtaken": _("Overtaken by news"),
        "dropped": _("Not sent"),
    },
    "email_choice": {"now": _("At once"), "daily": _("Once a day"), "off": _("Never")},
    "field": {
        "name": _("Name"),
        "phone": _("Telephone"),
        "email": _("E-mail"),
        "address": _("Address"),
        "note": _("Note for meeting"),
    },
}
"""Group -> code -> English words."""


def say(sentence: str, /, **params: object) -> str:
    """A sentence in the reader's language."""
    return translate(sentence, locale(), isolated(params) or None)


def say_count(one: str, many: str, count: int, /, **params: object) -> str:
    """A sentence about a number of things, in the form that the reader's language has for that number; `{count}` is the number as it is written."""
    return translate_count(one, many, locale(), count, isolated({"count": number(count), **params}))


def household_text(household: Mapping[str, Any]) -> str:  # Any: JSON
    """A household in words: "1 adult, 2 children"."""
    adults, children = int(household.get("adults") or 0), int(household.get("children") or 0)
    parts = [say_count("{count} adult", "{count} adults", adults)] if adults or not children else []
    return listed([*parts, *([say_count("{count} child", "{count} children", children)] if children else [])])


def label(group: str, code: object) -> str:
    """The words of a code in the reader's language; an unknown code is shown as it is."""
    words = WORDS[group].get(str(code))
    return say(words) if words else str(code).replace("_", " ")


def choices(group: str) -> list[tuple[str, str]]:
    """All codes of a group with their words, for a form; the days of the week in the order of the reader's country."""
    if group == "weekday":
        return [(str(day), label(group, day)) for day in week()]
    return [(code, say(words)) for code, words in WORDS[group].items()]
