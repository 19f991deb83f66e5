"""The vocabulary is whole: every code has its names, its place in the tree, and nothing in it describes who a person is."""

import pytest

from services.matching.vocabulary import (
    LANGUAGES,
    NAME_LOCALES,
    Scale,
    Unit,
    UnknownCode,
    children_of,
    hint,
    is_within,
    levels,
    load,
    name,
)

ROOTS = {
    "housing", "language", "legal", "health", "mentoring", "education", "employment", "food", "donations", "transport", "childcare",
    "community", "administration", "reception",
}  # fmt: skip


def test_every_category_has_a_name_and_a_hint_in_each_language() -> None:
    categories = load().categories.values()

    texts = [(category.code, texts) for category in categories for texts in (category.names, category.hints)]

    assert all(tuple(by_locale) == NAME_LOCALES for _, by_locale in texts)
    assert all(text.strip() == text != "" for _, by_locale in texts for text in by_locale.values())


@pytest.mark.parametrize("locale", NAME_LOCALES)
def test_no_two_categories_share_a_name_or_a_hint(locale: str) -> None:
    categories = load().categories.values()

    names = [category.names[locale] for category in categories]
    hints = [category.hints[locale] for category in categories]

    assert len(set(names)) == len(names)
    assert len(set(hints)) == len(hints)


@pytest.mark.parametrize(("locale", "letters"), [("uk", "абвгдежзиклмнопрстуіїє"), ("ar", "ابتثجحدرسعفقكلمنهوي")])
def test_names_and_hints_are_written_in_the_letters_of_their_language(locale: str, letters: str) -> None:
    words = load()

    texts = [text[locale] for category in words.categories.values() for text in (category.names, category.hints)]
    texts += [tag.names[locale] for tag in words.tags.values()] + [topic.names[locale] for topic in words.topics.values()]

    assert all(any(letter in letters for letter in text.lower()) for text in texts)


def test_the_tree_has_two_levels_and_the_agreed_roots() -> None:
    roots = {category.code for category in children_of(None)}

    leaves = [leaf for root in roots for leaf in children_of(root)]

    assert roots == ROOTS
    assert len(leaves) + len(roots) == len(load().categories)
    assert all(len(children_of(root)) >= 3 for root in roots)
    assert all(leaf.code.startswith(f"{leaf.parent}.") and children_of(leaf.code) == () for leaf in leaves)


def test_a_category_is_within_itself_and_its_parent_and_nothing_else() -> None:
    room = "housing.room"

    found = {code for code in load().categories if is_within(room, code)}

    assert found == {"housing.room", "housing"}
    assert not is_within("housing", room)
    assert not is_within("housing.castle", "housing")


def test_names_fall_back_to_english_and_an_unknown_code_is_refused() -> None:
    known = "housing.room"

    answers = [name(known, "fr"), name(known, "fr-CH"), name(known, "sw"), name("quiet", "de"), name("french", "it")]

    assert answers == ["Chambre chez l'habitant", "Chambre chez l'habitant", "Room with a host", "Ruhig", "Francese"]
    assert hint(known, "sw") == load().categories[known].hints["en"]
    for ask in (name, hint):
        with pytest.raises(UnknownCode):
            ask("castle", "en")


def test_codes_are_unique_across_the_three_lists() -> None:
    words = load()

    codes = [*words.categories, *words.tags, *words.topics]

    assert len(set(codes)) == len(codes)


def test_every_tag_and_topic_has_its_names_and_a_side_or_scale() -> None:
    words = load()

    texts = [tag.names for tag in words.tags.values()] + [topic.names for topic in words.topics.values()]

    assert all(tuple(names) == NAME_LOCALES and all(names.values()) for names in texts)
    assert all(tag.may_be_provided or tag.may_be_required for tag in words.tags.values())
    assert any(tag.may_be_provided and tag.may_be_required for tag in words.tags.values())


def test_no_tag_describes_nationality_religion_or_legal_status() -> None:
    forbidden = ("national", "citizen", "religio", "muslim", "christian", "jewish", "refugee", "asylum", "status", "passport", "visa")

    words = [f"{tag.code} {tag.names['en']}".lower() for tag in load().tags.values()]

    assert not [text for text in words if any(word in text for word in forbidden)]


def test_levels_run_from_low_to_high_and_languages_are_given_once() -> None:
    cefr, years = levels(Scale.CEFR), levels(Scale.SCHOOL_YEAR)

    units = {category.unit for category in load().categories.values()}

    assert (cefr[0], cefr[-1], years[0], years[-1]) == ("a1", "c2", "1", "13")
    assert units == set(Unit)
    assert len(set(LANGUAGES)) == len(LANGUAGES) >= 35
