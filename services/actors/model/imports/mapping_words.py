"""What the rows of a table can be, and the words that headers use for the fields of each, in several languages."""

from enum import StrEnum


class RowsAre(StrEnum):
    """What the rows of a table are."""

    ORGANISATIONS = "organisations"
    SERVICES = "services"
    PRACTICES = "practices"
    CAPACITIES = "capacities"
    NOTHING = "nothing"


ORGANISATION_WORDS: dict[str, str] = {
    "key": "id|key|identifier|identifiant|kennung|identificador|identificativo|code|uuid|reference|ref|nummer|numero",
    "slug": "slug|readable key",
    "name": "name|nom|nombre|nome|bezeichnung|organisation|organization|structure|association|denomination|raison sociale|title|titre|назва|الاسم",
    "kind": "kind|type|typ|tipo|category of organisation|forme|art|statut|type of organisation|type de structure",
    "local_name": "local name|nom local|local_name|alternate name|acronym|sigle|kurzname|nome locale|nombre local",
    "country": "country|pays|land|pais|paese|country code|code pays|країна|البلد",
    "lat": "lat|latitude|breitengrad|latitud|latitudine|breite|y|широта",
    "lon": "lon|lng|long|longitude|langengrad|longitud|longitudine|lange|x|довгота",
    "population": "population|inhabitants|habitants|einwohner|habitantes|abitanti|poblacion",
    "website": "website|url|site web|site internet|webseite|web|homepage|site|sitio web|sito web|page web|lien",
    "source": "source|quelle|fuente|fonte|reference source|citation",
    "siren": "siren",
    "siret": "siret|numero siret",
    "wikidata": "wikidata|qid",
    "networks": "networks|reseaux|netzwerke|redes|reti|member of|membre de|network|reseau",
}
"""Fields of an organisation, with words that headers use for them."""
SERVICE_WORDS: dict[str, str] = {
    "service_key": "service id|id service|id|identifiant|kennung|key|code|reference",
    "service_name": "service|service name|nom du service|angebot|servicio|servizio|title|titre|titel|titulo|name|nom|offre|offer|intitule",
    "organisation": "organisation|organization|structure|structure id|organization id|organisation id|association|trager|anbieter|ente|provider",
    "description": "description|beschreibung|descripcion|descrizione|presentation|resume|details",
    "category": "category|categorie|kategorie|categoria|theme|thematique|thema|tema|taxonomy",
    "languages": "languages|langues|sprachen|idiomas|lingue|language|langue|sprache",
    "lat": ORGANISATION_WORDS["lat"],
    "lon": ORGANISATION_WORDS["lon"],
    "places": "places|capacity|capacite|plazas|platze|posti|kapazitat|seats|nombre de places",
    "hours": "hours|horaires|offnungszeiten|horario|orari|opening hours|schedule|horaires accueil",
    "remote": "remote|online|a distance|en ligne|fern|remoto",
    "free": "free|gratuit|kostenlos|gratis|gratuito|free of charge",
    "valid_from": "valid from|from|debut|beginn|desde|dal|start",
    "valid_until": "valid until|until|fin|ende|hasta|al|end|jusqu au",
}
"""Fields of a service, likewise."""
WHOSE = (
    "actor id|actor|organisation|organization|organisation id|organization id|association|structure|city|municipality|municipality id|ville|commune"
    "|stadt|gemeinde|ciudad|municipio|citta|comune|name|nom"
)
"""Words for whose fact it is."""
PRACTICE_WORDS: dict[str, str] = {
    "organisation": WHOSE,
    "practice": "practice|practices|kind of practice|pratique|praxis|practica|pratica|typology|typologie|tipologia",
    "since": "since|year|depuis|annee|seit|jahr|desde|ano|dal|anno",
    "note": "note|notes|remark|remarque|bemerkung|nota|comment|commentaire",
    "source": ORGANISATION_WORDS["source"],
}
"""Fields of a kind of practice that an organisation has, likewise."""
CAPACITY_WORDS: dict[str, str] = {
    "organisation": WHOSE,
    "purpose": "purpose|for whom|pour qui|fur wen|para quien|per chi|public|audience",
    "begins_on": "begins on|first day|begin|from|start|debut|premier jour|beginn|erster tag|primer dia|primo giorno|desde|dal",
    "ends_on": "ends on|last day|until|end|fin|dernier jour|ende|letzter tag|ultimo dia|ultimo giorno|hasta|al",
    "places": SERVICE_WORDS["places"],
    "source": ORGANISATION_WORDS["source"],
}
"""Fields of places of reception, likewise."""
FIELDS: dict[RowsAre, dict[str, str]] = {
    RowsAre.ORGANISATIONS: ORGANISATION_WORDS, RowsAre.SERVICES: SERVICE_WORDS, RowsAre.PRACTICES: PRACTICE_WORDS,
    RowsAre.CAPACITIES: CAPACITY_WORDS, RowsAre.NOTHING: {},
}  # fmt: skip
NEEDED: dict[RowsAre, frozenset[str]] = {
    RowsAre.ORGANISATIONS: frozenset({"name"}), RowsAre.SERVICES: frozenset({"service_name"}),
    RowsAre.PRACTICES: frozenset({"organisation", "practice"}), RowsAre.CAPACITIES: frozenset({"organisation", "purpose", "begins_on", "places"}),
    RowsAre.NOTHING: frozenset(),
}  # fmt: skip
"""Fields that a row cannot do without."""
YES = frozenset({"1", "yes", "true", "oui", "ja", "si", "x", "y", "o", "vrai", "wahr", "так"})
