"""Who acts in the demo world: associations, resident volunteers, coordinators, and one account per role to sign in with. All invented."""

from dataclasses import dataclass

from hubctl.demo.places import PLACES
from hubctl.demo.specs import AccountSpec, ActorSpec, ClientSpec, Role


@dataclass(frozen=True, slots=True)
class Association:
    """An invented association: where it sits, what its teams speak, and the roots of help it gives ("*" for several)."""

    slug: str
    name: str
    place: str
    languages: str
    helps: str


ASSOCIATIONS = (
    Association("demo-maison-des-langues", "La Maison des langues (demo)", "berriat", "fr en ar es", "language education childcare"),
    Association("demo-toits-partages", "Toits partagés (demo)", "championnet", "fr en ar uk", "housing donations transport"),
    Association("demo-droits-devant-isere", "Droits en main Isère (demo)", "notre-dame", "fr en ar ru", "legal administration"),
    Association("demo-sante-sans-seuil", "Santé sans seuil (demo)", "teisseire", "fr en ar sq", "health childcare"),
    Association("demo-marraines-et-parrains", "Marraines et parrains des Alpes (demo)", "ile-verte", "fr en uk fa", "mentoring education"),
    Association("demo-table-commune", "La Table commune (demo)", "villeneuve", "fr ar pt tr", "food reception"),
    Association("demo-atelier-emploi", "L'Atelier emploi (demo)", "europole", "fr en es ar", "employment administration"),
    Association("demo-ressourcerie-du-drac", "Ressourcerie du Drac (demo)", "mistral", "fr ar", "donations transport"),
    Association("demo-halte-de-jour", "La Halte de jour (demo)", "centre", "fr en ar ru", "reception food health"),
    Association("demo-voisins-du-monde", "Voisins du monde (demo)", "saint-martin-d-heres", "fr en sw pt", "community mentoring language"),
    Association("demo-roue-libre", "Roue libre solidaire (demo)", "fontaine", "fr en", "transport community employment"),
    Association("demo-passerelle-numerique", "Passerelle numérique (demo)", "echirolles", "fr en ar uk", "administration donations education"),
)

# first name | home | languages
RESIDENTS = """
Anaïs|berriat|fr en
Bernard|ile-verte|fr
Chloé|championnet|fr en es
Daoud|teisseire|fr ar
Élise|meylan|fr en de
Farid|villeneuve|fr ar en
Gabriel|eaux-claires|fr es
Hélène|la-tronche|fr en
Iryna|saint-martin-d-heres|uk ru fr
Jacques|seyssinet|fr
Karima|echirolles|fr ar
Louise|centre|fr en it
Mamadou|vigny-musset|fr bm en
Nadia|fontaine|fr ar es
Olivier|gieres|fr en
Parisa|notre-dame|fa fa-AF fr
Quentin|europole|fr en
Rosa|capuche|pt fr es
Samir|abbaye|fr ar
Thérèse|bajatiere|fr
Ursula|meylan|de fr en
Valentin|saint-laurent|fr en
Wafa|village-olympique|ar fr
Xavier|eybens|fr es
Yasmine|mistral|fr ar en
Zoé|berriat|fr en
Alban|sassenage|fr
Béatrice|saint-egreve|fr en
Claude|claix|fr
Danièle|domene|fr it
Émile|championnet|fr en
Fatou|teisseire|fr wo
Georges|voreppe|fr
Hanane|fontaine|ar fr
Inès|centre|fr es en
Julien|capuche|fr en
Khalil|villeneuve|ar en fr
Lucie|gieres|fr en
Marta|abbaye|es fr
Nicolas|vizille|fr
Oksana|echirolles|uk ru en
Paul|meylan|fr en
Ramin|saint-martin-d-heres|fa-AF ps fr
Solène|ile-verte|fr en
Tarek|europole|ar en fr
Ulysse|bajatiere|fr
Véronique|notre-dame|fr en
Werner|la-tronche|de fr
Yann|pont-de-claix|fr
Zineb|mistral|ar fr
Agnès|eaux-claires|fr en
Blerta|saint-martin-d-heres|sq fr it
Clément|seyssinet|fr en
Delphine|eybens|fr
Elif|villeneuve|tr fr
François|voiron|fr
Giulia|saint-laurent|it fr en
Hugo|berriat|fr en
Isabelle|villard-de-lans|fr
Joseph|vigny-musset|fr ln
"""


@dataclass(frozen=True, slots=True)
class Resident:
    """A volunteer of the demo world: account key, first name, home and spoken languages, best first."""

    key: str
    name: str
    place: str
    languages: tuple[str, ...]


def residents() -> tuple[Resident, ...]:
    """The volunteers. The first is the one whose account the demo hands out."""
    rows = [line.split("|") for line in RESIDENTS.strip().splitlines()]
    return tuple(Resident(f"volunteer-{at:02}", row[0], row[1], tuple(row[2].split())) for at, row in enumerate(rows, 1))


def actors() -> tuple[ActorSpec, ...]:
    """The associations, as bodies of the registry."""
    return tuple(
        ActorSpec(
            each.slug,
            {
                "slug": each.slug,
                "kind": "civil_society",
                "name": each.name,
                "country": "FR",
                "lat": PLACES[each.place].lat,
                "lon": PLACES[each.place].lon,
                "website": f"https://{each.slug}.example.org/",
                "source": "synthetic: Hospitium demo world",
            },
        )
        for each in ASSOCIATIONS
    )


def accounts() -> tuple[AccountSpec, ...]:
    """All accounts: those to sign in with first, then the other coordinators and volunteers."""
    first, second = ASSOCIATIONS[0].slug, ASSOCIATIONS[1].slug
    door = residents()[0]
    signing_in = (
        AccountSpec("admin", Role.ADMIN, "Administration (demo)", "admin@demo.example", "en", signs_in=True),
        AccountSpec("coordinator-1", Role.COORDINATOR, "Camille (demo)", "coordinator@demo.example", "fr", signs_in=True),
        AccountSpec("member-1", Role.MEMBER, "Maïa (demo)", "member@demo.example", "fr", first, signs_in=True),
        AccountSpec("member-2", Role.MEMBER, "Théo (demo)", "second-member@demo.example", "fr", second, signs_in=True),
        AccountSpec(door.key, Role.VOLUNTEER, f"{door.name} (demo)", "volunteer@demo.example", "fr", signs_in=True),
        AccountSpec("observer", Role.OBSERVER, "Observatoire (demo)", "observer@demo.example", "fr", signs_in=True),
    )
    coordinators = tuple(
        AccountSpec(f"coordinator-{at}", Role.COORDINATOR, f"{name} (demo)", f"coordinator-{at}@demo.example", "fr")
        for at, name in enumerate(("Noémie", "Rachid", "Sarah", "Martin", "Aline"), 2)
    )
    volunteers = tuple(
        AccountSpec(each.key, Role.VOLUNTEER, f"{each.name} (demo)", f"{each.key}@demo.example", _locale(each.languages)) for each in residents()[1:]
    )
    return signing_in + coordinators + volunteers


def clients() -> tuple[ClientSpec, ...]:
    """The API client that the demo hands out."""
    return (ClientSpec("partner", "Partner app (demo)", ("read", "offers", "needs", "matches", "statistics"), ASSOCIATIONS[0].slug),)


def _locale(languages: tuple[str, ...]) -> str:
    """The first spoken language that the pages have, or French."""
    return next((code for code in languages if code in ("en", "fr", "de", "es", "it", "uk", "ar")), "fr")
