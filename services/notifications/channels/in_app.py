"""The inbox inside the hub: a notice is a row, and its words are made in the reader's language at the moment of reading."""

from dataclasses import dataclass

from chassis.language import translate
from services.notifications.model.kinds import TRAITS, link_path
from services.notifications.model.messages import Notice


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says."""

    title: str
    body: str
    link: str
    """A path of the hub."""


class InAppChannel:
    """Renders notices."""

    def words(self, notice: Notice, locale: str) -> Words:
        """The words of a notice in a language."""
        sentences = TRAITS[notice.kind].sentences
        return Words(translate(sentences.title, locale), translate(sentences.body, locale, notice.numbers), link_path(notice.kind, notice.subject_id))
