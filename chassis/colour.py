"""Colours that people can read: the contrast of WCAG 2.2, and the nearest colour that has enough of it."""

import re
from dataclasses import dataclass

ENOUGH = 4.5
"""Contrast that text needs against its ground (WCAG 2.2, criterion 1.4.3)."""
WHITE, BLACK = "#ffffff", "#000000"
LIGHT_GROUNDS = ("#ffffff", "#fbfaf8", "#e9edef")
"""What links stand on in the light look: cards, the page, soft areas."""
DARK_GROUNDS = ("#14181b", "#1d2327", "#2a3238")
"""The same in the dark look."""
HEX = re.compile(r"^#[0-9a-fA-F]{6}$")
STEPS = 200


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour in sRGB, 0 to 255 each."""

    red: int
    green: int
    blue: int

    @classmethod
    def of(cls, text: str) -> "Colour":
        """Of `#rrggbb`. Raises ValueError."""
        if not HEX.match(text):
            raise ValueError("a colour is written as # and six digits")
        return cls(int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))

    @property
    def text(self) -> str:
        """As `#rrggbb`."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def luminance(self) -> float:
        """Relative luminance (WCAG 2.2)."""
        red, green, blue = (_linear(part / 255) for part in (self.red, self.green, self.blue))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def toward(self, other: "Colour", share: float) -> "Colour":
        """Mixed with another, which gets that share."""
        parts = zip((self.red, self.green, self.blue), (other.red, other.green, other.blue), strict=True)
        return Colour(*(round(own + (its - own) * share) for own, its in parts))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    low, high = sorted((Colour.of(one).luminance, Colour.of(other).luminance))
    return (high + 0.05) / (low + 0.05)


def least_contrast(colour: str, grounds: tuple[str, ...]) -> float:
    """The contrast against the least favourable of several grounds."""
    return min(contrast(colour, ground) for ground in grounds)


def readable(colour: str, grounds: tuple[str, ...], enough: float = ENOUGH) -> str:
    """The colour itself if it can be read on all grounds; else the nearest of its shades that can."""
    if least_contrast(colour, grounds) >= enough:
        return colour.lower()
    start = Colour.of(colour)
    grey = sum(Colour.of(ground).luminance for ground in grounds) / len(grounds)
    end = Colour.of(BLACK if grey > 0.18 else WHITE)
    for step in range(1, STEPS + 1):
        shade = start.toward(end, step / STEPS).text
        if least_contrast(shade, grounds) >= enough:
            return shade
    return end.text


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
