"""Codes of records are those of the reviewed vocabulary; unknown ones are refused field by field."""

from collections.abc import Iterable

from chassis.errors import FieldError, Invalid
from services.matching.engine.types import Unit
from services.matching.vocabulary import Vocabulary, load


class Codes:
    """Collects codes that the vocabulary does not know."""

    def __init__(self) -> None:
        self._words: Vocabulary = load()
        self._wrong: list[FieldError] = []

    def category(self, pointer: str, code: str) -> "Codes":
        """A category."""
        if code not in self._words.categories:
            self._wrong.append(FieldError(pointer, "unknown_category", "Choose a category of the list."))
        return self

    def unit(self, pointer: str, category: str, unit: Unit) -> "Codes":
        """The unit is the category's: a room is counted in persons everywhere, or sizes could not be compared."""
        known = self._words.categories.get(category)
        if known is not None and known.unit.value != unit.value:
            self._wrong.append(
                FieldError(pointer, "other_unit", "Places of this category are counted in another unit: {unit}.", (("unit", known.unit.value),))
            )
        return self

    def tags(self, pointer: str, codes: Iterable[str]) -> "Codes":
        """Attribute tags."""
        if any(code not in self._words.tags for code in codes):
            self._wrong.append(FieldError(pointer, "unknown_tag", "Choose tags of the list only."))
        return self

    def wishes_of_a_case(self, pointer: str, codes: Iterable[str]) -> "Codes":
        """Tags that a case or need may state: a wish for any other could never be met, and none of these says who a person is."""
        if any(code not in self._words.tags or not self._words.tags[code].may_be_required for code in codes):
            self._wrong.append(FieldError(pointer, "not_of_a_case", "Choose tags that a case or need can state."))
        return self

    def topics(self, pointer: str, codes: Iterable[str]) -> "Codes":
        """Topics."""
        if any(code not in self._words.topics for code in codes):
            self._wrong.append(FieldError(pointer, "unknown_topic", "Choose topics of the list only."))
        return self

    def done(self) -> None:
        """Refuse if any was unknown."""
        if self._wrong:
            raise Invalid("Some fields need another value.", fields=tuple(self._wrong))
