"""Words of the pages of asking without a name and offering without an account."""

from collections.abc import Mapping


def _(sentence: str) -> str:
    """Marks a sentence for the translators."""
    return sentence


ASKING_WORDS: Mapping[str, Mapping[str, str]] = {
    "standing": {
        "waiting": _("Waits to be read by a coordinator"),
        "looking": _("A coordinator is looking for help"),
        "asking": _("A coordinator has found something and asks whether it can be given"),
        "found": _("A coordinator has found help for you"),
        "going_on": _("The help has begun"),
        "done": _("Done"),
        "withdrawn": _("Not looked for any more"),
        "not_taken": _("This cannot be done here"),
        "over": _("The time for this is over"),
    },
    "standing_next": {
        "waiting": _("You need to do nothing now. Look again in a few days."),
        "looking": _("You need to do nothing now. Look again in a few days."),
        "asking": _("You need to do nothing now. The answer often comes within a week."),
        "found": _("Read below what to do. If nothing is written yet, go to the office with your code."),
        "going_on": _("Tell us here whether it helps."),
        "done": _("If you need something else, add it below."),
        "withdrawn": _("Nothing more happens with this."),
        "not_taken": _("Search what is offered yourself, or ask at an office of the city."),
        "over": _("If you still need it, add it again."),
    },
    "why_not": {
        "elsewhere": _("Another place helps with this. Ask at any office of the city which one it is."),
        "not_here": _("This hub has no help of this kind."),
        "unclear": _("It was not clear what is needed. You may ask anew, or come and talk to us."),
        "abuse": _("This was not read as a request for help. If it was one, please come and talk to us."),
    },
    "why_not_short": {
        "elsewhere": _("Another place helps with this"),
        "not_here": _("No help of this kind here"),
        "unclear": _("Not clear what is needed"),
        "abuse": _("No request for help"),
    },
    "ask_message": {
        "we_are_looking": _("We are looking; it can take some days"),
        "found_come": _("Help is found: come to the office with your code"),
        "found_call": _("Help is found: call the office and say your code"),
        "come_and_talk": _("Come and talk with us"),
        "say_more": _("We need to know more"),
        "nothing_yet": _("There is nothing of this kind just now"),
        "changed": _("What we found has changed"),
    },
}

ASKING_DONE: Mapping[str, str] = {
    "ask-withdrawn": _("It is withdrawn."),
    "ask-added": _("It is added."),
    "ask-helped": _("Thank you for telling us."),
    "ask-closed": _("This page is closed on this device."),
    "ask-taken": _("It is a case of your team now. Offers that fit will appear at its needs."),
    "ask-declined": _("The asker reads that it cannot be done here."),
    "ask-written": _("The asker can read it now."),
    "offer-kept": _("Your offer is kept. Sign in, then post it."),
    "address-confirmed": _("Your address is confirmed, and you are signed in."),
}
