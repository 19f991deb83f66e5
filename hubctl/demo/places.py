"""Where the demo world takes place: districts of Grenoble and communes around it, with their real coordinates (WGS84, rounded)."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt


@dataclass(frozen=True, slots=True)
class Place:
    """A district or commune; `lat` and `lon` in degrees."""

    name: str
    lat: float
    lon: float


CENTRE = Place("Grenoble", 45.1885, 5.7245)

DISTRICTS = {
    "centre": Place("Grenoble centre", 45.1905, 5.7265),
    "berriat": Place("Berriat Saint-Bruno", 45.1890, 5.7115),
    "europole": Place("Europole", 45.1945, 5.7100),
    "notre-dame": Place("Notre-Dame", 45.1930, 5.7320),
    "ile-verte": Place("Île-Verte", 45.1965, 5.7385),
    "saint-laurent": Place("Saint-Laurent", 45.1975, 5.7300),
    "championnet": Place("Championnet", 45.1845, 5.7235),
    "eaux-claires": Place("Eaux-Claires", 45.1765, 5.7080),
    "mistral": Place("Mistral", 45.1735, 5.7010),
    "capuche": Place("La Capuche", 45.1745, 5.7260),
    "villeneuve": Place("Villeneuve", 45.1615, 5.7330),
    "village-olympique": Place("Village Olympique", 45.1590, 5.7270),
    "teisseire": Place("Teisseire", 45.1755, 5.7500),
    "abbaye": Place("Abbaye", 45.1770, 5.7420),
    "bajatiere": Place("Bajatière", 45.1820, 5.7380),
    "vigny-musset": Place("Vigny-Musset", 45.1570, 5.7240),
}

AROUND = {
    "saint-martin-d-heres": Place("Saint-Martin-d'Hères", 45.1672, 5.7653),
    "echirolles": Place("Échirolles", 45.1436, 5.7183),
    "fontaine": Place("Fontaine", 45.1930, 5.6850),
    "meylan": Place("Meylan", 45.2097, 5.7797),
    "la-tronche": Place("La Tronche", 45.2069, 5.7444),
    "eybens": Place("Eybens", 45.1478, 5.7500),
    "seyssinet": Place("Seyssinet-Pariset", 45.1780, 5.6940),
    "gieres": Place("Gières", 45.1810, 5.7920),
    "sassenage": Place("Sassenage", 45.2110, 5.6650),
    "saint-egreve": Place("Saint-Égrève", 45.2330, 5.6830),
    "pont-de-claix": Place("Le Pont-de-Claix", 45.1230, 5.7000),
    "claix": Place("Claix", 45.1190, 5.6730),
    "domene": Place("Domène", 45.2030, 5.8390),
    "vizille": Place("Vizille", 45.0790, 5.7720),
    "voreppe": Place("Voreppe", 45.2970, 5.6370),
    "crolles": Place("Crolles", 45.2860, 5.8830),
}

FARTHER = {
    "voiron": Place("Voiron", 45.3640, 5.5920),
    "villard-de-lans": Place("Villard-de-Lans", 45.0700, 5.5510),
    "bourg-d-oisans": Place("Le Bourg-d'Oisans", 45.0550, 6.0290),
    "la-mure": Place("La Mure", 44.9030, 5.7870),
    "pontcharra": Place("Pontcharra", 45.4340, 6.0170),
    "saint-marcellin": Place("Saint-Marcellin", 45.1530, 5.3210),
}

PLACES = DISTRICTS | AROUND | FARTHER


def km_between(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance in kilometres between two points in degrees (haversine, Earth radius 6371 km)."""
    north, east = radians(lat_b - lat_a), radians(lon_b - lon_a)
    chord = sin(north / 2) ** 2 + cos(radians(lat_a)) * cos(radians(lat_b)) * sin(east / 2) ** 2
    return 2 * 6371 * asin(sqrt(chord))
