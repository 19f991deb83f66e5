"""Words for the codes of suggestions, claims and records that look alike."""

from collections.abc import Mapping


def _(sentence: str) -> str:
    """Marks a sentence for the translators; it is translated when it is shown."""
    return sentence


MODERATION_WORDS: Mapping[str, Mapping[str, str]] = {
    "suggestion": {
        "missing_actor": _("A missing organisation"),
        "correction": _("A correction"),
        "place_city": _("A city and its declaration"),
        "missing_membership": _("A missing membership"),
        "missing_resource": _("A missing report or article"),
    },
    "answer": {
        "open": _("It waits to be read."),
        "accepted": _("It was accepted. Thank you."),
        "refused": _("It was not accepted."),
    },
    "refusal": {
        "unclear": _("It is not clear what is meant."),
        "not_in_source": _("The source does not say so."),
        "already_there": _("The registry has it already."),
        "out_of_scope": _("It does not belong in this registry."),
        "personal_data": _("It holds data about persons."),
        "not_of_the_organisation": _("It could not be seen that you are of this organisation."),
        "spam": _("It looks like advertising."),
    },
    "alike": {
        "same_identifier": _("same identifier"),
        "same_website": _("same website"),
        "same_name": _("same name"),
        "similar_name": _("similar name"),
        "same_place": _("same place"),
        "same_country": _("same country"),
    },
}
MODERATION_DONE: Mapping[str, str] = {
    "claim-made": _("Coordinators look at it. You have the place when they agree."),
    "claim-accept": _("The person has a place in the organisation now."),
    "claim-refuse": _("The person gets no place there."),
    "suggestion-accept": _("The suggestion is in the registry."),
    "suggestion-refuse": _("The suggestion is refused."),
    "pair-apart": _("They are not asked about again."),
    "pair-merged": _("The two records are one now. You can take them apart again below."),
    "merge-undone": _("The two records are apart again."),
}
