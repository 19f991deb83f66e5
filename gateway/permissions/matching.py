"""Routes of `matching`: offers, cases, needs, matches, rounds."""

from gateway.permissions.rules import MATCHES, NEEDS, OFFERS, A, C, M, Rule, V, public, rules

TABLE: tuple[Rule, ...] = (
    *public(
        "matching",
        ("GET", "/api/v1/categories", "read categories"),
        ("GET", "/api/v1/vocabulary", "read categories"),
        ("GET", "/api/v1/weights", "read how matching ranks"),
        ("GET", "/api/v1/weights/{version}", "read how matching ranks"),
        ("GET", "/api/v1/weights/{version}/example", "read how matching ranks"),
        ("GET", "/api/v1/scarcity", "read what is lacking"),
        ("GET", "/api/v1/scarcity/history", "read what is lacking"),
        ("GET", "/api/v1/offers", "read public offers"),
        ("GET", "/api/v1/offers/{offer_id}", "read public offers"),
        ("GET", "/api/v1/asks/terms", "ask without a name"),
    ),
    *public(
        "matching",
        ("POST", "/api/v1/asks", "ask without a name"),
        ("POST", "/api/v1/asks/follow", "follow by code"),
        ("POST", "/api/v1/asks/needs", "follow by code"),
        ("POST", "/api/v1/asks/withdraw", "follow by code"),
        ("POST", "/api/v1/asks/feedback", "follow by code"),
        limit="sign-in",
    ),
    *rules(
        "matching",
        ("POST", "/api/v1/offers", "post offers", (V, M, C, A), (OFFERS,)),
        ("PATCH", "/api/v1/offers/{offer_id}", "post offers", (V, M, C, A), (OFFERS,)),
        *(
            ("POST", f"/api/v1/offers/{{offer_id}}/{verb}", "post offers", (V, M, C, A), (OFFERS,))
            for verb in ("pause", "resume", "close", "confirm_review", "copy", "post")
        ),
        ("POST", "/api/v1/offers/{offer_id}/hand_over", "post offers", (M, C), ()),
        ("GET", "/api/v1/results", "own results", (V, M, C), ()),
        ("GET", "/api/v1/matches/{match_id}/questions", "matches", (V, M, C, A), (MATCHES, OFFERS)),
        ("POST", "/api/v1/matches/{match_id}/questions", "ask about a request", (V, M, C), (OFFERS,)),
        ("POST", "/api/v1/matches/{match_id}/questions/{question_id}/answer", "answer about a request", (M, C), (MATCHES,)),
        ("POST", "/api/v1/offers/{offer_id}/approve", "moderate", (C, A), ()),
        ("POST", "/api/v1/offers/{offer_id}/refuse", "moderate", (C, A), ()),
        ("GET", "/api/v1/asks", "take what was asked without a name", (C,), ()),
        ("GET", "/api/v1/asks/{ask_id}", "take what was asked without a name", (C,), ()),
        *(("POST", f"/api/v1/asks/{{ask_id}}/{verb}", "take what was asked without a name", (C,), ()) for verb in ("take", "decline", "messages")),
        ("GET", "/api/v1/cases", "cases and needs", (M, C), (NEEDS,)),
        ("POST", "/api/v1/cases", "cases and needs", (M, C), (NEEDS,)),
        ("GET", "/api/v1/cases/{case_id}", "cases and needs", (M, C), (NEEDS,)),
        ("PATCH", "/api/v1/cases/{case_id}", "cases and needs", (M, C), (NEEDS,)),
        *(("POST", f"/api/v1/cases/{{case_id}}/{verb}", "cases and needs", (M, C), (NEEDS,)) for verb in ("close", "share", "unshare")),
        ("GET", "/api/v1/needs", "cases and needs", (M, C), (NEEDS,)),
        ("POST", "/api/v1/needs", "cases and needs", (M, C), (NEEDS,)),
        ("GET", "/api/v1/needs/{need_id}", "cases and needs", (M, C), (NEEDS,)),
        ("PATCH", "/api/v1/needs/{need_id}", "cases and needs", (M, C), (NEEDS,)),
        ("POST", "/api/v1/needs/{need_id}/withdraw", "cases and needs", (M, C), (NEEDS,)),
        ("GET", "/api/v1/needs/{need_id}/proposals", "see proposals", (C, A), (MATCHES,)),
        ("GET", "/api/v1/needs/{need_id}/proposals/{offer_id}", "see proposals", (C, A), (MATCHES,)),
        ("GET", "/api/v1/needs/{need_id}/changes", "see proposals", (C, A), (MATCHES,)),
        ("GET", "/api/v1/matches", "matches", (V, M, C, A), (MATCHES, OFFERS)),
        ("POST", "/api/v1/matches", "confirm", (C,), (MATCHES,)),
        ("GET", "/api/v1/matches/{match_id}", "matches", (V, M, C, A), (MATCHES, OFFERS)),
        *(
            ("POST", f"/api/v1/matches/{{match_id}}/{verb}", "answer requests", (V, M, C), (MATCHES, OFFERS))
            for verb in ("accept", "decline", "start", "fulfil", "fail", "cancel")
        ),
        ("POST", "/api/v1/scarcity/refresh", "exact figures, scarcity", (C, A), ()),
        ("GET", "/api/v1/rounds", "rounds", (C, A), (MATCHES,)),
        ("POST", "/api/v1/rounds", "rounds", (C,), (MATCHES,)),
        ("GET", "/api/v1/rounds/{round_id}", "rounds", (C, A), (MATCHES,)),
        ("PATCH", "/api/v1/rounds/{round_id}", "rounds", (C,), (MATCHES,)),
        ("POST", "/api/v1/rounds/{round_id}/stop", "rounds", (C,), (MATCHES,)),
        ("POST", "/api/v1/rounds/{round_id}/apply", "rounds", (C,), (MATCHES,)),
        ("POST", "/api/v1/weights", "choose how matching ranks", (A,), ()),
        ("POST", "/api/v1/weights/{version}/use", "choose how matching ranks", (A,), ()),
    ),
)
