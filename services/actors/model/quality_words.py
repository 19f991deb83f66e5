"""What to improve, in plain sentences, by the codes of `quality`."""

SENTENCES = {
    "authors": "Add who wrote it.",
    "both_sides": "Ask both sides to confirm it.",
    "country": "Add the country.",
    "ends_on": "Add the last day of the period.",
    "exact_date": "Find out the exact day.",
    "languages": "Choose one language at least.",
    "note": "Add a few words on it.",
    "own_organisation": "Ask the organisation itself to look after this record.",
    "partners": "Name the partners, if there are any.",
    "place": "Add where it is, so that it is on the map.",
    "population": "Add the number of inhabitants.",
    "read_again": "Look at the source again and note the day.",
    "read_on": "Note the day on which the source was read.",
    "since": "Add since when.",
    "source_address": "Give a web page as the source, so that everybody can check it.",
    "summary": "Add a summary.",
    "topic_themes": "Choose its themes.",
    "url": "Add the address where it can be read.",
    "website": "Add the address of its website.",
    "year": "Add the year.",
}


def sentence(code: str) -> str:
    """The sentence of a code, in English."""
    return SENTENCES[code]
