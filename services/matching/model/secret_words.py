"""Secret words that somebody notes on paper: invented words of two syllables that are read and typed the same way in every language."""

import hashlib
import hmac
import secrets
import unicodedata
from itertools import product

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
WORDS_IN_A_SECRET = 6
"""Six words of more than 4,000 possible ones: at least 72 random bits."""
LETTERS = 4 * WORDS_IN_A_SECRET
_RUDE = (
    "bite bobi bolo dola fuka fuko fuku fula gola golo kaga kago kula kulo kuro kuli kuru kusa kuso mama mato mera mora nado nazi nega "
    "nego negu pedo pena pene peni pika pora puta pute puti puto sida sado sexo supa teta tete titi tuka vaga vaka zeba zebi zoba zobi "
    "zuka zuki zuko "
)
LEFT_OUT = frozenset(_RUDE.split())
"""Words that are rude, or name a disease or an insult, in one of the languages of the hub."""


def _words() -> tuple[str, ...]:
    syllables = [consonant + vowel for consonant, vowel in product(CONSONANTS, VOWELS)]
    return tuple(first + second for first, second in product(syllables, syllables) if first != second and first + second not in LEFT_OUT)


WORDS = _words()


def new_secret() -> str:
    """New secret words, drawn at random."""
    return " ".join(secrets.choice(WORDS) for _ in range(WORDS_IN_A_SECRET))


def secret_from(key: bytes, about: str) -> str:
    """The same words again for the same key and subject, so that a repeated request is answered alike and nothing secret is stored."""
    drawn = int.from_bytes(hmac.digest(key, f"secret words\x00{about}".encode(), hashlib.sha512), "big")
    words = []
    for _ in range(WORDS_IN_A_SECRET):
        drawn, place = divmod(drawn, len(WORDS))
        words.append(WORDS[place])
    return " ".join(words)


def letters_of(typed: str) -> str:
    """What counts of what was typed: the plain letters alone, so that spaces, hyphens, accents and capitals do not matter."""
    plain = unicodedata.normalize("NFKD", typed[:400]).casefold()
    return "".join(letter for letter in plain if "a" <= letter <= "z")


def hash_secret(code: str, typed: str) -> str:
    """What is stored in the secret's place; salted with the case code. A plain hash is enough for 72 random bits."""
    return hashlib.sha256(f"{code}\x00{letters_of(typed)}".encode()).hexdigest()


def is_secret(code: str, typed: str, stored: str | None) -> bool:
    """Whether the words are those behind a stored hash, compared in constant time; the same work is done where there is none."""
    return hmac.compare_digest(hash_secret(code, typed), stored or hash_secret(code, "")) and stored is not None
