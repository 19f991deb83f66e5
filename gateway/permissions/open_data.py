"""Routes of the open data of `actors`: for everybody, also from pages of other sites."""

from gateway.permissions.rules import Rule, public

HSDS_LISTS = ("services", "service_at_locations", "organizations", "taxonomies", "taxonomy_terms")

TABLE: tuple[Rule, ...] = (
    *public(
        "actors",
        ("GET", "/api/v1/export", "read open data"),
        ("GET", "/api/v1/export/{file}", "read open data"),
        ("GET", "/api/v1/tombstones", "read open data"),
        ("GET", "/api/v1/directory/{offer_id}.ics", "read open data"),
        ("GET", "/api/v1/directory/{offer_id}.cpsv.jsonld", "read open data"),
        ("GET", "/catalog.jsonld", "read open data"),
        ("GET", "/catalog.ttl", "read open data"),
        ("GET", "/hsds/v3", "read open data"),
        *(("GET", f"/hsds/v3/{noun}", "read open data") for noun in HSDS_LISTS),
        *(("POST", f"/hsds/v3/{noun}", "read open data") for noun in HSDS_LISTS),
        *(("GET", f"/hsds/v3/{noun}/{{id}}", "read open data") for noun in HSDS_LISTS),
    ),
)
