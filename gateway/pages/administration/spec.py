"""Which settings stand on which page, how each is asked for, and what it means: one list, from which forms and bodies are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


def _(sentence: str) -> str:
    """Marks a sentence for the translators; it is translated when it is shown."""
    return sentence


class Kind(StrEnum):
    """How a setting is asked for."""

    LINE = "line"
    EMAIL = "email"
    TEXTS = "texts"
    """One text for each language."""
    LONG_TEXTS = "long_texts"
    COLOUR = "colour"
    YES_NO = "yes_no"
    CHOICE = "choice"
    DAYS = "days"
    WORDS = "words"
    """One word a line."""
    ACTORS = "actors"
    """One organisation a line."""
    LANGUAGES = "languages"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name in `contracts.instance`, how it is asked for, its words. `group` names the words of a choice."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    most: int = 0
    least: int = 0
    group: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One page of settings."""

    code: str
    title: str
    about: str
    settings: Sequence[Setting]


SECTIONS: tuple[Section, ...] = (
    Section(
        "look",
        _("Name and look"),
        _("The hub's name, its colours and picture, and the first words that people read."),
        (
            Setting("name", Kind.LINE, _("Name of the hub"), _("It stands on top of every page and in every mail."), most=80),
            Setting("home_title", Kind.TEXTS, _("First sentence"), _("Large, on the first page. Empty: the hub's own sentence."), most=120),
            Setting("home_lead", Kind.TEXTS, _("Words below it"), _("One or two sentences."), most=400),
            Setting("colour", Kind.COLOUR, _("Main colour"), _("The bar on top and the main buttons. White text stands on it.")),
            Setting("accent", Kind.COLOUR, _("Second colour"), _("Links and second buttons. In the dark look a lighter shade is used.")),
        ),
    ),
    Section(
        "languages",
        _("Languages"),
        _("Which languages readers can choose, and which comes first."),
        (
            Setting("languages", Kind.LANGUAGES, _("Languages that are offered")),
            Setting("default_language", Kind.LANGUAGE, _("First language"), _("For readers whose browser asks for none of them.")),
        ),
    ),
    Section(
        "contacts",
        _("Imprint and contacts"),
        _("Who answers for the hub, and where people write. Everybody can read this."),
        (
            Setting("publisher", Kind.LINE, _("Who publishes the hub"), _("For instance: City of Grenoble."), most=200),
            Setting("publisher_address", Kind.LINE, _("Postal address"), most=300),
            Setting("office_email", Kind.EMAIL, _("E-mail of the office"), _("An address of the office, never of one person."), most=254),
            Setting("office_phone", Kind.LINE, _("Telephone of the office"), most=40),
            Setting("accessibility_email", Kind.EMAIL, _("E-mail for barriers"), _("Where somebody writes for whom a page does not work."), most=254),
            Setting("data_protection_email", Kind.EMAIL, _("E-mail of the data protection officer"), most=254),
            Setting("supervisor", Kind.LINE, _("Authority for complaints about data protection"), most=200),
            Setting("imprint", Kind.LONG_TEXTS, _("Further words of the imprint"), most=1000),
            Setting("privacy", Kind.LONG_TEXTS, _("Further words of the privacy notice"), most=1000),
            Setting("accessibility", Kind.LONG_TEXTS, _("Further words of the accessibility statement"), most=600),
        ),
    ),
    Section(
        "doors",
        _("Who may come in, and what waits"),
        _("Asking without a name, offering without an account, and whose offers are read before the public sees them."),
        (
            Setting("ask_without_name", Kind.YES_NO, _("May people ask for help without a name?"), _("They get a code and follow it with that.")),
            Setting("offer_by_mail", Kind.YES_NO, _("May people offer help without an account?"), _("They confirm their address by mail.")),
            Setting("moderation", Kind.CHOICE, _("Whose offers wait for a moderator?"), group="moderation"),
            Setting("trusted_actors", Kind.ACTORS, _("Trusted organisations"), _("Their offers never wait. One a line, named as in the registry.")),
            Setting("held_words", Kind.WORDS, _("Words that make an offer wait"), _("One a line, three letters or more, whoever posts it."), most=40),
        ),
    ),
    Section(
        "periods",
        _("Answer periods and reminders"),
        _("How long providers have to answer, and when they are asked whether an offer is still true."),
        (
            Setting("answer_days", Kind.DAYS, _("Days to answer a request"), _("Then it ends, and the coordinator is told."), 60, 1),
            Setting(
                "review_days", Kind.DAYS, _("Days until an offer is asked about"), _("“Is this still true?” One tap in the mail is enough."), 730, 7
            ),
            Setting("review_grace_days", Kind.DAYS, _("Days to answer that question"), _("Then the offer is paused, not deleted."), 90, 1),
        ),
    ),
    Section(
        "retention",
        _("How long things are kept"),
        _("As short as the work allows (GDPR, article 5). The limits that can be chosen keep within what is usual."),
        (
            Setting("closed_case_days", Kind.DAYS, _("Household of a closed case"), _("Then size, languages and place are blanked."), 365, 1),
            Setting("need_days", Kind.DAYS, _("Need that nobody could fill"), _("Then it is withdrawn, and the coordinator is told."), 365, 14),
            Setting("ask_days", Kind.DAYS, _("Request without a name"), _("From its last change."), 180, 7),
            Setting("invited_days", Kind.DAYS, _("Invitation that nobody accepted"), _("Then the address is destroyed."), 180, 7),
            Setting("message_days", Kind.DAYS, _("Notices and records of mails"), _("Their texts and addresses are never stored."), 90, 1),
            Setting("suggestion_days", Kind.DAYS, _("Suggestion that was decided"), _("What came of it stays."), 730, 30),
            Setting("audit_days", Kind.DAYS, _("Audit trail"), _("Long enough to answer for what was done: half a year to five years."), 1825, 180),
        ),
    ),
)
BY_CODE = {section.code: section for section in SECTIONS}
DEFAULTS_ELSEWHERE = {"doors", "periods", "retention"}
"""Pages whose installation values the services tell."""
