"""The catalogue of the open data in DCAT-AP 3.0.1: a data set for each table, a distribution for each file, and the data services."""

from collections.abc import Mapping
from datetime import datetime

from services.actors.model.interchange.cells import moment_text
from services.actors.model.interchange.datasets import TABLES, Dataset, Format
from services.actors.model.interchange.package import Publication
from services.actors.model.interchange.rdf import Iri, Literal, Thing

EU = "http://publications.europa.eu/resource/authority"
IANA = "http://www.iana.org/assignments/media-types"
KEYWORDS = ("migration", "solidarity", "reception", "inclusion", "civil society")
FILE_TYPES = {
    "csv": ("CSV", "text/csv"), "xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "geojson": ("GEOJSON", "application/geo+json"), "ndjson": ("JSON", "application/x-ndjson"), "graphml": ("XML", "application/graphml+xml"),
    "gexf": ("XML", "application/gexf+xml"), "ics": ("ICS", "text/calendar"), "zip": ("ZIP", "application/zip"),
    "jsonld": ("JSON_LD", "application/ld+json"),
}  # fmt: skip
EXTRA = {Dataset.MEMBERSHIPS: ("network.graphml", "network.gexf"), Dataset.OFFERS: ("offers.ics", "services.cpsv.jsonld")}
"""Files besides the table's own."""


def files_of(dataset: Dataset) -> list[str]:
    """The files of a table."""
    return [f"{dataset}.{format_}" for format_ in Format] + list(EXTRA.get(dataset, ()))


def catalogue(about: Publication, changed: datetime | None, sizes: Mapping[str, int]) -> list[Thing]:
    """All statements. `sizes` has the bytes of the files that lie ready. No high-value data set is claimed; the contact is a page, not a person."""
    made = _Made(about, changed, sizes)
    datasets = [made.dataset(dataset) for dataset in Dataset]
    whole = made.whole()
    service = made.service([dataset for dataset in datasets if dataset.address.endswith(("#actors", "#offers"))])
    catalog = Thing(f"{about.address}/catalog", ("dcat:Catalog",))
    catalog.say("dct:title", Literal(about.title, "en"))
    catalog.say("dct:description", Literal("Who welcomes, who belongs to which network, what was declared and done, and which help is open.", "en"))
    catalog.say("dct:publisher", made.publisher).say("dct:license", made.licence).say("dct:language", made.language)
    catalog.say("foaf:homepage", made.page).say("dct:modified", made.moment).say("dcat:themeTaxonomy", made.themes)
    catalog.say("dcat:dataset", *datasets, whole).say("dcat:service", service)
    return [catalog, *datasets, whole, service, *made.distributions, *made.shared()]


class _Made:
    """Statements that several things share."""

    def __init__(self, about: Publication, changed: datetime | None, sizes: Mapping[str, int]) -> None:
        self.about, self.sizes = about, sizes
        self.moment = Literal(moment_text(changed), datatype="xsd:dateTime") if changed else None
        self.distributions: list[Thing] = []
        self._media: dict[str, Thing] = {}
        base = f"{about.address}/open-data"
        self.page = Thing(base, ("foaf:Document",))
        self.publisher = Thing(f"{base}#publisher", ("foaf:Agent",)).say("foaf:name", Literal(about.publisher))
        self.publisher.say("foaf:homepage", self.page)
        self.licence = Thing(about.licence_url, ("dct:LicenseDocument",)).say("dct:title", Literal(about.licence_name))
        self.language = Thing(f"{EU}/language/ENG", ("dct:LinguisticSystem",))
        self.contact = Thing(f"{base}#contact", ("vcard:Kind", "vcard:Organization")).say("vcard:fn", Literal(about.publisher))
        self.contact.say("vcard:hasURL", Iri(base))
        self.rights = Thing(f"{EU}/access-right/PUBLIC", ("dct:RightsStatement",))
        self.themes = Thing(f"{EU}/data-theme", ("skos:ConceptScheme",)).say("dct:title", Literal("Data theme", "en"))
        self.theme = Thing(f"{EU}/data-theme/SOCI", ("skos:Concept",)).say("skos:prefLabel", Literal("Population and society", "en"))
        self.frequency = Thing(f"{EU}/frequency/CONT", ("dct:Frequency",))

    def shared(self) -> list[Thing]:
        """What the others point to."""
        kept = (self.page, self.publisher, self.licence, self.language, self.contact, self.rights, self.themes, self.theme, self.frequency)
        return [*kept, *self._media.values()]

    def dataset(self, dataset: Dataset) -> Thing:
        """A table."""
        table = TABLES[dataset]
        return self._dataset(str(dataset), table.title, table.description, files_of(dataset))

    def whole(self) -> Thing:
        """The dump."""
        return self._dataset("all", "All open data", "All tables with their description, in one archive.", ["dump.zip"])

    def _dataset(self, name: str, title: str, description: str, files: list[str]) -> Thing:
        found = Thing(f"{self.about.address}/open-data#{name}", ("dcat:Dataset",))
        found.say("dct:title", Literal(title, "en")).say("dct:description", Literal(description, "en")).say("dct:identifier", Literal(found.address))
        found.say("dct:publisher", self.publisher).say("dcat:contactPoint", self.contact).say("dct:accessRights", self.rights)
        found.say("dcat:theme", self.theme).say("dcat:keyword", *(Literal(word, "en") for word in KEYWORDS)).say("dct:language", self.language)
        found.say("dcat:landingPage", self.page).say("dct:accrualPeriodicity", self.frequency).say("dct:modified", self.moment)
        return found.say("dcat:distribution", *(self._distribution(file) for file in files))

    def _distribution(self, file: str) -> Thing:
        address = f"{self.about.address}/api/v1/export/{file}"
        kind, media_type = FILE_TYPES[file.rsplit(".", 1)[1]]
        found = Thing(f"{address}#distribution", ("dcat:Distribution",)).say("dct:title", Literal(file))
        found.say("dcat:accessURL", Iri(address)).say("dcat:downloadURL", Iri(address)).say("dct:license", self.licence)
        found.say("dcat:mediaType", self._shared(f"{IANA}/{media_type}", "dct:MediaType"))
        found.say("dct:format", self._shared(f"{EU}/file-type/{kind}", "dct:MediaTypeOrExtent"))
        if file in self.sizes:
            found.say("dcat:byteSize", Literal(str(self.sizes[file]), datatype="xsd:nonNegativeInteger"))
        self.distributions.append(found)
        return found

    def _shared(self, address: str, kind: str) -> Thing:
        return self._media.setdefault(address, Thing(address, (kind,)))

    def service(self, datasets: list[Thing]) -> Thing:
        """The HSDS interface."""
        address = f"{self.about.address}/hsds/v3"
        standard = self._shared("https://docs.openreferral.org/en/latest/hsds/", "dct:Standard")
        found = Thing(f"{self.about.address}/open-data#hsds", ("dcat:DataService",)).say("dct:title", Literal("Open Referral HSDS interface", "en"))
        found.say("dct:description", Literal("Services, organisations and taxonomies to read, in HSDS 3.2.", "en"))
        found.say("dcat:endpointURL", Iri(address)).say("dcat:endpointDescription", Iri(f"{self.about.address}/openapi.json"))
        found.say("dct:conformsTo", standard).say("dct:publisher", self.publisher).say("dcat:contactPoint", self.contact)
        found.say("dct:license", self.licence).say("dct:accessRights", self.rights).say("dcat:theme", self.theme)
        return found.say("dcat:landingPage", self.page).say("dcat:servesDataset", *datasets)
