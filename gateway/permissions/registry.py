"""Routes of `actors`: the public registry."""

from gateway.permissions.rules import REGISTRY, A, C, M, Rule, V, own, public, rules

RECORDS = ("memberships", "declarations", "initiatives", "resources", "capacities", "practices")
NETWORK = ("drawing", "central", "communities", "paths", "connect", "overlap", "alike", "years")
REGISTRARS = (M, C, A)

TABLE: tuple[Rule, ...] = (
    *public(
        "actors",
        ("GET", "/api/v1/actors", "read registry"),
        ("GET", "/api/v1/actors/{actor_id}", "read registry"),
        ("GET", "/api/v1/actors.geojson", "read registry"),
        ("GET", "/api/v1/actors/suggest", "read registry"),
        ("GET", "/api/v1/actors/facets", "read registry"),
        ("GET", "/api/v1/search", "read registry"),
        ("GET", "/api/v1/network", "read registry"),
        *(("GET", f"/api/v1/network/{name}", "read registry") for name in NETWORK),
        ("GET", "/api/v1/directory", "read public offers"),
        ("GET", "/api/v1/directory/{offer_id}", "read public offers"),
        ("GET", "/api/v1/statistics", "read published statistics"),
        *(("GET", f"/api/v1/{noun}", "read registry") for noun in RECORDS),
        *(("GET", f"/api/v1/{noun}/{{record_id}}", "read registry") for noun in RECORDS),
        ("GET", "/api/v1/actors/{actor_id}/history", "read registry"),
        *(("GET", f"/api/v1/{noun}/{{record_id}}/history", "read registry") for noun in RECORDS),
        ("GET", "/api/v1/actors/{actor_id}/quality", "read registry"),
        ("GET", "/api/v1/quality", "read registry"),
        ("GET", "/api/v1/practice-kinds", "read registry"),
        ("GET", "/api/v1/archive-languages", "read registry"),
        ("GET", "/api/v1/compare", "read registry"),
    ),
    *own(
        "actors",
        ("GET", "/api/v1/searches", "keep own searches"),
        ("POST", "/api/v1/searches", "keep own searches"),
        ("PATCH", "/api/v1/searches/{search_id}", "keep own searches"),
        ("DELETE", "/api/v1/searches/{search_id}", "keep own searches"),
    ),
    *public("actors", ("POST", "/api/v1/suggestions", "suggest to the registry"), limit="suggestions"),
    *public(
        "actors",
        ("GET", "/api/v1/suggestion-stamp", "suggest to the registry"),
        ("POST", "/api/v1/suggestion-states", "suggest to the registry"),
    ),
    *rules(
        "actors",
        ("GET", "/api/v1/suggestions", "decide suggestions", REGISTRARS, (REGISTRY,)),
        ("GET", "/api/v1/suggestions/{suggestion_id}", "decide suggestions", REGISTRARS, (REGISTRY,)),
        ("POST", "/api/v1/suggestions/{suggestion_id}/accept", "decide suggestions", REGISTRARS, (REGISTRY,)),
        ("POST", "/api/v1/suggestions/{suggestion_id}/refuse", "decide suggestions", REGISTRARS, (REGISTRY,)),
        ("POST", "/api/v1/actors/{actor_id}/claims", "claim a record", (V, M), ()),
        ("POST", "/api/v1/actors/{actor_id}/claims/end", "end a claim", (M, A), ()),
        ("GET", "/api/v1/claims", "claim a record", (V, M, C, A), ()),
        ("POST", "/api/v1/claims/{claim_id}/accept", "decide claims", (C, A), ()),
        ("POST", "/api/v1/claims/{claim_id}/refuse", "decide claims", (C, A), ()),
        ("POST", "/api/v1/actors", "change registry", (C, A), (REGISTRY,)),
        ("PATCH", "/api/v1/actors/{actor_id}", "change registry", REGISTRARS, (REGISTRY,)),
        ("POST", "/api/v1/actors/{actor_id}/archive", "change registry", (C, A), (REGISTRY,)),
        ("DELETE", "/api/v1/history/{noun}/{record_id}/{version}", "clear history", (A,), ()),
        *(("POST", f"/api/v1/memberships/{{record_id}}/{said}", "confirm records", REGISTRARS, ()) for said in ("confirm", "refuse")),
        *(
            ("POST", f"/api/v1/initiatives/{{record_id}}/partners/{{actor_id}}/{said}", "confirm records", REGISTRARS, ())
            for said in ("confirm", "refuse")
        ),
        ("POST", "/api/v1/actors/{actor_id}/merge", "change registry", (C, A), (REGISTRY,)),
        ("GET", "/api/v1/duplicates", "change registry", (C, A), (REGISTRY,)),
        ("GET", "/api/v1/duplicates/{pair_id}", "change registry", (C, A), (REGISTRY,)),
        ("PATCH", "/api/v1/duplicates/{pair_id}", "change registry", (C, A), (REGISTRY,)),
        ("GET", "/api/v1/merges", "change registry", (C, A), (REGISTRY,)),
        ("POST", "/api/v1/merges/{merge_id}/undo", "change registry", (C, A), (REGISTRY,)),
        ("POST", "/api/v1/imports", "change registry", REGISTRARS, (REGISTRY,)),
        ("GET", "/api/v1/imports", "change registry", REGISTRARS, (REGISTRY,)),
        ("GET", "/api/v1/imports/{import_id}", "change registry", REGISTRARS, (REGISTRY,)),
        ("GET", "/api/v1/imports/{import_id}/lines", "change registry", REGISTRARS, (REGISTRY,)),
        *(("POST", f"/api/v1/imports/{{import_id}}/{verb}", "change registry", REGISTRARS, (REGISTRY,)) for verb in ("check", "confirm", "cancel")),
        ("GET", "/api/v1/import-sources/{key}", "change registry", REGISTRARS, (REGISTRY,)),
        ("PUT", "/api/v1/import-sources/{key}", "change registry", REGISTRARS, (REGISTRY,)),
        *(("POST", f"/api/v1/{noun}", "change registry", REGISTRARS, (REGISTRY,)) for noun in RECORDS),
        *(("PATCH", f"/api/v1/{noun}/{{record_id}}", "change registry", REGISTRARS, (REGISTRY,)) for noun in RECORDS),
        *(("DELETE", f"/api/v1/{noun}/{{record_id}}", "change registry", REGISTRARS, (REGISTRY,)) for noun in RECORDS),
    ),
)
