"""`./hub solve`: the plans of small problems against every possible plan, the reports, the OR-Library's files, and what bad files are told."""

import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hubctl.solve import command
from hubctl.solve.mechanism import Mechanism
from hubctl.solve.orlib_answers import assignment, gap
from hubctl.solve.planning import plan
from hubctl.solve.reading import BadFile
from tests.hubctl.running import ROOT, clean_environment

Json = dict[str, Any]
EXAMPLES = sorted((ROOT / "docs/examples/solve").glob("*.json"))
LEVELS = ("urgent", "high", "normal", "low")
SECONDS = 0.4


def solved(problem: Json, mechanism: str = "welfare", seconds: float = SECONDS) -> Json:
    answer: Json = plan(json.dumps(problem), Mechanism(mechanism), seconds)
    return answer


def a_problem(sizes: dict[str, Any], rooms: dict[str, Any], values: dict[tuple[str, str], float], **more: Any) -> Json:
    return {
        "needs": [{"id": key, "size": size} for key, size in sizes.items()],
        "offers": [{"id": key, "places": room} for key, room in rooms.items()],
        "pairs": [{"need": need, "offer": offer, "value": value} for (need, offer), value in values.items()],
        **more,
    }


def each_dimension(amount: Any) -> dict[str, int]:
    return amount if isinstance(amount, dict) else {"": amount}


def every_plan(problem: Json) -> Iterator[dict[str, str | None]]:
    """Every plan that holds: by the words of docs/solve.md, from the file alone."""
    sizes = {need["id"]: each_dimension(need.get("size", 1)) for need in problem["needs"]}
    rooms = {offer["id"]: each_dimension(offer["places"]) for offer in problem["offers"]}
    pairs = {(pair["need"], pair["offer"]): pair for pair in problem["pairs"]}
    forbidden = {(pair["need"], pair["offer"]) for pair in problem.get("forbidden", [])}
    ways = [[None, *(offer for offer in rooms if (need, offer) in pairs and (need, offer) not in forbidden)] for need in sizes]
    for way in itertools.product(*ways):
        chosen = dict(zip(sizes, way, strict=True))
        if any(len({chosen[need] is None for need in group}) > 1 for group in problem.get("together", [])):
            continue
        if holds(chosen, sizes, rooms, pairs):
            yield chosen


def holds(chosen: dict[str, str | None], sizes: Json, rooms: Json, pairs: Json) -> bool:
    left = {offer: dict(room) for offer, room in rooms.items()}
    for need, offer in chosen.items():
        if offer is not None:
            for kind, amount in each_dimension(pairs[need, offer].get("size", sizes[need])).items():
                left[offer][kind] = left[offer].get(kind, 0) - amount
    return all(amount >= 0 for room in left.values() for amount in room.values())


def by_level(problem: Json, chosen: dict[str, str | None]) -> tuple[int, ...]:
    urgency = {need["id"]: need.get("urgency", "normal") for need in problem["needs"]}
    for group in problem.get("together", []):
        urgency |= dict.fromkeys(group, min((urgency[need] for need in group), key=LEVELS.index))
    worth = {(pair["need"], pair["offer"]): pair["value"] for pair in problem["pairs"]}
    return tuple(sum(worth[need, offer] for need, offer in chosen.items() if offer and urgency[need] == level) for level in LEVELS)


@st.composite
def problems(draw: st.DrawFn) -> Json:
    kinds = draw(st.sampled_from([None, ["person"], ["person", "seat"]]))
    amount = st.integers(1, 3) if kinds is None else st.fixed_dictionaries({kind: st.integers(0, 2) for kind in kinds})
    room = st.integers(0, 5) if kinds is None else st.fixed_dictionaries({kind: st.integers(0, 4) for kind in kinds})
    needs, offers = [f"n{at}" for at in range(draw(st.integers(1, 5)))], [f"o{at}" for at in range(draw(st.integers(1, 3)))]
    pairs = [
        {"need": need, "offer": offer, "value": draw(st.integers(-3, 20)), **({"size": draw(amount)} if draw(st.integers(0, 4)) == 0 else {})}
        for need in needs
        for offer in offers
        if draw(st.integers(0, 3))
    ]
    urgent = draw(st.booleans())
    return {
        "needs": [{"id": need, "size": draw(amount)} | ({"urgency": draw(st.sampled_from(LEVELS))} if urgent else {}) for need in needs],
        "offers": [{"id": offer, "places": draw(room)} for offer in offers],
        "pairs": pairs,
        "together": [needs[:2]] if len(needs) > 2 and draw(st.booleans()) else [],
        "forbidden": [{"need": pairs[0]["need"], "offer": pairs[0]["offer"]}] if pairs and draw(st.booleans()) else [],
    }


@given(problems())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_plan_of_a_small_problem_is_the_best_of_every_plan_by_level_of_urgency(problem: Json) -> None:
    best = max(by_level(problem, chosen) for chosen in every_plan(problem))

    answer = solved(problem)

    assert answer["assignment"] in list(every_plan(problem))
    assert by_level(problem, answer["assignment"]) == best
    assert answer["proven"] and answer["value"] == answer["bound"] == sum(best) and answer["gap"] == 0
    assert answer["unplaced"] == [need for need, offer in answer["assignment"].items() if offer is None]
    assert list(answer["assignment"]) == sorted(answer["assignment"])


@given(problems())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_greedy_plan_holds_and_its_bound_is_above_every_plan(problem: Json) -> None:
    answer = solved(problem, "greedy")

    plans = list(every_plan(problem))
    assert answer["assignment"] in plans
    assert answer["value"] == sum(by_level(problem, answer["assignment"]))
    assert answer["bound"] >= max(sum(by_level(problem, chosen)) for chosen in plans)


def test_levels_of_urgency_whose_values_are_too_large_for_one_sum_are_solved_one_after_the_other() -> None:
    sizes = {f"n{at}": 1 + at % 2 for at in range(6)}
    values = {(need, offer): 10**9 + 7 * at for at, need in enumerate(sizes) for offer in ("x", "y")}
    problem = a_problem(sizes, {"x": 3, "y": 2}, values)
    for at, need in enumerate(problem["needs"]):
        need["urgency"] = LEVELS[at % 4]
    best = max(by_level(problem, chosen) for chosen in every_plan(problem))

    answer = solved(problem, seconds=3)

    assert by_level(problem, answer["assignment"]) == best and answer["proven"]
    assert [level["value"] for level in answer["levels"]] == list(best)


def test_a_group_is_filled_whole_across_offers_or_left_out_whole() -> None:
    problem = a_problem(
        {"a": 2, "b": 1, "c": 3}, {"x": 3, "y": 1}, {("a", "x"): 5, ("b", "y"): 5, ("b", "x"): 1, ("c", "x"): 9}, together=[["a", "b"]]
    )

    answer = solved(problem)

    assert answer["assignment"] == {"a": "x", "b": "y", "c": None} and answer["value"] == 10


def test_pins_are_kept_at_the_cost_of_value_and_those_that_cannot_be_are_told() -> None:
    values = {("a", "x"): 1, ("a", "y"): 9, ("b", "x"): 9, ("c", "y"): 4}
    pins = [{"need": "a", "offer": "x"}, {"need": "b", "offer": "x"}, {"need": "c", "offer": "x"}]
    problem = a_problem({"a": 1, "b": 1, "c": 1}, {"x": 1, "y": 1}, values, pinned=pins)

    answer = solved(problem)

    assert answer["assignment"] == {"a": "x", "b": None, "c": "y"}
    assert answer["pins_lost"] == [{"need": "b", "offer": "x", "reason": "no_room"}, {"need": "c", "offer": "x", "reason": "not_eligible"}]


def test_a_pinned_group_comes_before_everything_else() -> None:
    values = {("a", "x"): 1, ("b", "x"): 1, ("b", "y"): 3, ("c", "x"): 99, ("c", "y"): 1}
    problem = a_problem({"a": 1, "b": 1, "c": 1}, {"x": 1, "y": 1}, values, together=[["a", "b"]], pinned=[{"need": "a", "offer": "x"}])
    problem["needs"][2]["urgency"] = "urgent"

    answer = solved(problem)

    assert answer["assignment"] == {"a": "x", "b": "y", "c": None} and answer["pins_lost"] == []


def test_decimal_values_are_counted_exactly() -> None:
    problem = a_problem({"a": 1, "b": 1, "c": 1}, {"x": 3}, {("a", "x"): 0.1, ("b", "x"): 0.2, ("c", "x"): 0.000001})

    answer = solved(problem)

    assert str(answer["value"]) == "0.300001"


@pytest.mark.parametrize("empty", [{"needs": [], "offers": []}, {"needs": [{"id": "a"}], "offers": [], "pairs": []}])
@pytest.mark.parametrize("mechanism", ["welfare", "stable", "greedy"])
def test_a_problem_without_anything_to_choose_has_an_empty_plan(empty: Json, mechanism: str) -> None:
    answer = solved(empty, mechanism)

    assert answer["value"] == answer["bound"] == 0 and answer["proven"] and set(answer["assignment"].values()) <= {None}


def test_values_near_the_limit_are_summed_to_the_last_digit() -> None:
    values = {("a", "x"): 10**12 - 1, ("b", "x"): 10**12 - 2, ("c", "x"): 10**12 - 4}
    text = json.dumps(a_problem({"a": 2, "b": 1, "c": 1}, {"x": 2}, values)).replace("99999999999", "899999999999.99999")

    answer = printed(plan(text, Mechanism.WELFARE, 1.0))

    assert b'"value": 1799999999999.999994,' in answer and b'"bound": 1799999999999.999994,' in answer


def relocation(lists: dict[str, list[str]], ranks: dict[str, list[str]], room: int = 1) -> Json:
    return {
        "households": [{"id": key, "preferences": wishes} for key, wishes in lists.items()],
        "municipalities": [{"id": key, "capacity": room, "preferences": wishes} for key, wishes in ranks.items()],
    }


def test_a_stable_plan_says_what_welfare_it_gives_up_and_the_best_plan_how_many_pairs_block_it() -> None:
    # Both households want X first; X ranks A above B, who has no other place to go.
    problem = relocation({"A": ["X", "Y"], "B": ["X"]}, {"X": ["A", "B"], "Y": ["A"]})

    stable, welfare = solved(problem, "stable"), solved(problem)

    assert stable["assignment"] == {"A": "X", "B": None} and stable["stable"] and stable["blocking_pairs"] == 0
    assert (stable["value"], stable["welfare"]["value"], stable["welfare"]["given_up"]) == (2, 3, 1)
    assert welfare["assignment"] == {"A": "Y", "B": "X"} and welfare["blocking_pairs"] == 1 and not welfare["stable"]
    assert (stable["first_choices"], stable["mean_rank"], welfare["first_choices"], welfare["mean_rank"]) == (1, 1, 1, 1.5)


def test_a_place_may_score_instead_of_rank_and_who_is_not_named_is_not_accepted() -> None:
    problem = relocation({"A": ["X"], "B": ["X"], "C": ["X"]}, {"X": []}, room=2)
    problem["municipalities"][0] = {"id": "X", "capacity": 2, "priorities": {"A": 1, "C": 7.5}}

    answer = solved(problem, "stable")

    assert answer["assignment"] == {"A": "X", "B": None, "C": "X"}


def test_without_lists_a_stable_plan_follows_the_values_of_both_sides() -> None:
    problem = a_problem({"a": 1, "b": 1}, {"x": 1, "y": 1}, {("a", "x"): 10, ("b", "x"): 9, ("a", "y"): 9, ("b", "y"): 1})

    answer = solved(problem, "stable")

    assert answer["assignment"] == {"a": "x", "b": "y"} and (answer["value"], answer["welfare"]["given_up"]) == (11, 7)


def test_pins_hold_in_a_stable_plan_and_block_nobody() -> None:
    problem = relocation({"A": ["X", "Y"], "B": ["X"]}, {"X": ["A", "B"], "Y": ["A"]}) | {"pinned": [{"household": "B", "municipality": "X"}]}

    answer = solved(problem, "stable")

    assert answer["assignment"] == {"A": "Y", "B": "X"} and answer["blocking_pairs"] == 0


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("mechanism", ["welfare", "stable", "greedy"])
def test_the_examples_of_the_docs_follow_both_schemas(path: Path, mechanism: str) -> None:
    problem = json.loads(path.read_text())
    asks, answers = (json.loads((ROOT / "docs" / name).read_text()) for name in ("solve.schema.json", "solve-plan.schema.json"))
    Draft202012Validator(asks).validate(problem)
    if mechanism == "stable" and problem.get("together"):
        pytest.skip("a stable plan has no groups")

    answer = json.loads(printed(plan(path.read_text(), Mechanism(mechanism), SECONDS)))

    Draft202012Validator(answers).validate(answer)
    assert path.stem in (ROOT / "docs/solve.md").read_text()


def printed(answer: Json) -> bytes:
    return command.written(answer)


BAD: dict[str, tuple[str, int, str]] = {
    "nothing": ("", 1, "no JSON"),
    "no end": ('{"needs": [],\n"offers": [', 2, "no JSON"),
    "a list": ("[]", 1, "one JSON object"),
    "a key twice": ('{"needs": [],\n"needs": [], "offers": []}', 2, "twice"),
    "not a number": ('{"needs": [], "offers": [],\n"pairs": NaN}', 2, "NaN"),
    "too deep": ('{"needs":\n' + "[" * 100_000, 2, "deep"),
    "a huge number": ('{"needs": [{"id": "a",\n"size": ' + "1" * 9_000 + "}]}", 2, "characters"),
    "a large number": ('{"needs": [], "offers": [{"id": "x",\n"places": 1000000000001}]}', 2, "from 0 to 1000000000000"),
    "a huge exponent": (
        '{"needs": [{"id": "a"}], "offers": [{"id": "x", "places": 1}],\n"pairs": [{"need": "a", "offer": "x", "value": 1e99999999}]}',
        2,
        "from -",
    ),
    "too many digits": (
        '{"needs": [{"id": "a"}], "offers": [{"id": "x", "places": 1}],\n"pairs": [{"need": "a", "offer": "x", "value": 0.0000001}]}',
        2,
        "digits",
    ),
    "an unknown field": ('{"needs": [{"id": "a",\n"colour": 1}], "offers": []}', 2, "not known"),
    "an unknown field on top": ('{"needs": [], "offers": [],\n"Pairs": []}', 2, "not known"),
    "no offers": ('{"needs": []}', 1, "lacks offers"),
    "both names": ('{"needs": [],\n"households": [], "offers": []}', 2, "says the same"),
    "no id": ('{"offers": [], "needs": [\n{"size": 1}]}', 2, "lacks id"),
    "an id twice": ('{"offers": [], "needs": [{"id": "a"},\n{"id": "a"}]}', 2, "the same as"),
    "an id that is a number": ('{"offers": [], "needs": [\n{"id": 7}]}', 2, "text"),
    "half a letter": ('{"offers": [], "needs": [\n{"id": "\\ud800"}]}', 2, "text"),
    "a size with a point": ('{"offers": [], "needs": [{"id": "a",\n"size": 2.0}]}', 2, "whole number"),
    "a size of nought": ('{"offers": [], "needs": [{"id": "a",\n"size": 0}]}', 2, "from 1"),
    "a size of true": ('{"offers": [], "needs": [{"id": "a",\n"size": true}]}', 2, "whole number"),
    "a negative capacity": ('{"needs": [], "offers": [{"id": "x",\n"places": -1}]}', 2, "from 0"),
    "mixed sizes": ('{"offers": [{"id": "x", "places": 3}], "needs": [{"id": "a",\n"size": {"person": 1}}]}', 2, "must be a number"),
    "no size": ('{"offers": [{"id": "x", "places": {"person": 3}}], "needs": [\n{"id": "a"}]}', 2, "lacks size"),
    "an unknown urgency": ('{"offers": [], "needs": [{"id": "a",\n"urgency": "very"}]}', 2, "urgent, high, normal, low"),
    "an urgency that is a list": ('{"offers": [], "needs": [{"id": "a",\n"urgency": []}]}', 2, "urgent, high, normal, low"),
    "an unknown need": ('{"needs": [], "offers": [{"id": "x", "places": 1}], "pairs": [\n{"need": "a", "offer": "x", "value": 1}]}', 2, "no need"),
    "an unknown offer": ('{"needs": [{"id": "a"}], "offers": [], "pairs": [\n{"need": "a", "offer": "x", "value": 1}]}', 2, "no offer"),
    "a pair twice": (
        '{"needs": [{"id": "a"}], "offers": [{"id": "x", "places": 1}], "pairs": [{"need": "a", "offer": "x", "value": 1},\n'
        '{"need": "a", "offer": "x", "value": 2}]}',
        2,
        "the same pair",
    ),
    "no value": ('{"needs": [{"id": "a"}], "offers": [{"id": "x", "places": 1}], "pairs": [\n{"need": "a", "offer": "x"}]}', 2, "lacks value"),
    "a value in words": (
        '{"needs": [{"id": "a"}], "offers": [{"id": "x", "places": 1}], "pairs": [{"need": "a", "offer": "x",\n"value": "1"}]}',
        2,
        "number",
    ),
    "neither pairs nor lists": ('{"offers": [], "needs": [\n{"id": "a"}]}', 2, "lacks preferences"),
    "a wish twice": ('{"offers": [{"id": "x", "places": 1}], "needs": [{"id": "a", "preferences": ["x",\n"x"]}]}', 2, "already"),
    "an unknown wish": ('{"offers": [], "needs": [{"id": "a", "preferences": [\n"x"]}]}', 2, "no offer"),
    "a rank and a score": ('{"needs": [], "offers": [{"id": "x", "places": 1, "preferences": [],\n"priorities": {}}]}', 2, "says the same"),
    "a need in two groups": ('{"offers": [], "pairs": [], "needs": [{"id": "a"}, {"id": "b"}], "together": [["a", "b"],\n["a", "b"]]}', 2, "already"),
    "a group of one": ('{"offers": [], "pairs": [], "needs": [{"id": "a"}], "together": [\n["a"]]}', 2, "two needs"),
    "a need pinned twice": (
        '{"needs": [{"id": "a"}], "offers": [{"id": "x", "places": 1}], "pairs": [], "pinned": [{"need": "a", "offer": "x"},\n'
        '{"need": "a", "offer": "x"}]}',
        2,
        "pinned already",
    ),
    "more after the end": ('{"needs": [], "offers": []}\n{}', 2, "no JSON"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_told_its_line_and_what_is_wrong(case: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text, line, words = BAD[case]
    path = tmp_path / "problem.json"
    path.write_text(text)

    status = command.solve(str(path), "welfare", 1.0, "hub", None, False)

    out, err = capfd.readouterr()
    assert status == 2 and out == ""
    assert err.startswith(f"line {line}") and words in err and err.count("\n") == 1


def test_values_whose_sum_could_leave_64_bits_are_refused() -> None:
    needs = [f"n{at}" for at in range(5)]
    problem = a_problem(dict.fromkeys(needs, 1), {"x": 5}, {(need, "x"): 7 for need in needs})
    text = json.dumps(problem).replace('"value": 7', '"value": 999999999999.000001')

    with pytest.raises(BadFile, match="64 bits"):
        plan(text, Mechanism.WELFARE, 1)


def test_what_the_file_says_is_never_repeated_in_the_fault() -> None:
    secret = "Ms-Somebody"
    texts = [
        json.dumps({"needs": [{"id": secret, secret: 1}], "offers": []}),
        json.dumps({"needs": [{"id": "a", "size": {secret: -1}}], "offers": []}),
        json.dumps({"needs": [{"id": "a", "urgency": secret}], "offers": []}),
        json.dumps({"needs": [{"id": "a", "preferences": [secret]}], "offers": []}),
    ]

    for text in texts:
        with pytest.raises(BadFile) as refusal:
            plan(text, Mechanism.WELFARE, 1)
        assert secret not in str(refusal.value)


def test_a_file_that_is_not_utf_8_or_not_there_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "latin.json"
    path.write_bytes(b'{"needs":\n"\xe9"}')

    statuses = [command.solve(str(each), "welfare", 1.0, "hub", None, False) for each in (path, tmp_path / "nowhere.json", tmp_path)]

    out, err = capfd.readouterr()
    assert statuses == [2, 2, 2] and out == ""
    assert err.startswith("line 2: the file is not UTF-8\n") and err.count("cannot be read") == 2


GAP = "2 3\n 1 2 3\n 3 1 1\n 1 1 1\n 1 1 1\n 2 2\n"


def least_cost(costs: list[list[int]], uses: list[list[int]], room: list[int], pick: Callable[..., int]) -> int:
    agents, jobs = len(costs), len(costs[0])
    found = []
    for way in itertools.product(range(agents), repeat=jobs):
        if all(sum(uses[agent][job] for job in range(jobs) if way[job] == agent) <= room[agent] for agent in range(agents)):
            found.append(sum(costs[agent][job] for job, agent in enumerate(way)))
    return pick(found)


@pytest.mark.parametrize("maximise", [False, True])
def test_a_generalised_assignment_file_is_solved_to_its_optimum_either_way(maximise: bool) -> None:
    costs, uses, room = [[3, 8, 6, 4, 7], [5, 2, 9, 9, 1], [4, 4, 4, 6, 8]], [[2, 3, 4, 2, 3], [3, 2, 5, 1, 2], [4, 2, 0, 3, 3]], [5, 6, 5]
    text = "1\n3 5\n" + "\n".join(" ".join(map(str, row)) for row in (*costs, *uses, room))

    answer = gap(text, Mechanism.WELFARE, 2.0, None, maximise)

    assert answer["value"] == answer["bound"] == least_cost(costs, uses, room, max if maximise else min) and answer["proven"]
    chosen = [answer["assignment"][str(job + 1)] - 1 for job in range(5)]
    assert sum(costs[agent][job] for job, agent in enumerate(chosen)) == answer["value"]


def test_a_file_of_several_problems_needs_one_picked_and_one_without_a_count_does_not() -> None:
    several = f"2\n{GAP}1 1\n5\n1\n1\n"

    first, second, alone = (gap(text, Mechanism.WELFARE, 1.0, at, False) for text, at in ((several, 1), (several, 2), (GAP, None)))

    assert first["value"] == alone["value"] == 3 and second["assignment"] == {"1": 1} and second["value"] == 5
    with pytest.raises(BadFile, match="holds 2 problems"):
        gap(several, Mechanism.WELFARE, 1.0, None, False)
    with pytest.raises(BadFile, match="no such problem"):
        gap(several, Mechanism.WELFARE, 1.0, 3, False)


def test_a_problem_that_cannot_place_all_has_no_value_and_that_is_proven() -> None:
    answer = gap("1 2\n1 1\n1 1\n1\n", Mechanism.WELFARE, 1.0, None, False)

    assert (answer["value"], answer["bound"], answer["gap"], answer["proven"]) == (None, None, None, True)
    assert answer["assignment"] == {"1": None, "2": None} and answer["unplaced"] == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "no number"),
        ("1\n2 x\n", 2, "whole number"),
        ("1\n2 1.5\n", 2, "whole number"),
        ("1\n2 1\n5 5\n1 1\n3\n", 5, "needs 1 more"),
        ("2\n1 1 5 1 1\n1 1 5\n", 3, "needs 2 more"),
        ("1\n1 1\n5\n1\n1\n1\n", 6, "one too many"),
        ("1\n1 1\n5\n-1\n1\n", 4, "below 0"),
        ("0\n", 1, "1 or more"),
        ("1\n99999999999 99999999999\n5\n", 3, "ends too early"),
        ("1\n1 1\n5\n1\n99999999999999999999\n", 5, "whole number"),
    ],
)
def test_a_bad_generalised_assignment_file_is_told_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(BadFile) as refusal:
        gap(text, Mechanism.WELFARE, 1.0, None, False)

    assert str(refusal.value).startswith(f"line {line}:") and words in str(refusal.value)


def test_an_assignment_file_is_solved_dense_and_sparse() -> None:
    costs = [[7, 3, 9, 2], [4, 8, 1, 6], [5, 5, 5, 5], [2, 9, 4, 7]]
    dense = "4\n" + " ".join(" ".join(map(str, row)) for row in costs)
    sparse = "4\n" + "\n".join(f"{i + 1} {j + 1} {cost}" for i, row in enumerate(costs) for j, cost in enumerate(row) if (i, j) != (0, 3))

    full, part = assignment(dense, Mechanism.WELFARE), assignment(sparse, Mechanism.WELFARE)

    best = min(sum(costs[i][j] for i, j in enumerate(way)) for way in itertools.permutations(range(4)))
    assert full["value"] == full["bound"] == best and full["proven"] and full["assignment"] == {"1": 4, "2": 3, "3": 2, "4": 1}
    assert part["value"] == min(sum(costs[i][j] for i, j in enumerate(way)) for way in itertools.permutations(range(4)) if way[0] != 3)
    assert assignment(dense, Mechanism.GREEDY)["value"] >= best


def test_an_assignment_without_a_partner_for_everyone_is_told_so_and_bad_ones_their_line() -> None:
    answer = assignment("2\n1 1 5\n2 1 5\n", Mechanism.WELFARE)

    assert answer["value"] is None and answer["proven"]
    for text, line in (("2\n1 1 5\n3 1 5\n", 3), ("2\n1 1 5\n1 1 6\n", 3), ("2\n1 2\n", 2), ("x", 1), ("-2 1", 1)):
        with pytest.raises(BadFile, match=f"line {line}:"):
            assignment(text, Mechanism.WELFARE)


def test_the_command_reads_standard_input_and_prints_one_object_and_refuses_with_status_2() -> None:
    problem = json.dumps(a_problem({"a": 1}, {"x": 1}, {("a", "x"): 7}))
    hub = [sys.executable, "-P", "-m", "hubctl", "solve", "-"]

    good, bad, option = (
        subprocess.run([*hub, *more], input=text, env=clean_environment(), capture_output=True, text=True, timeout=60, check=False)
        for text, more in ((problem, []), (problem[:-1], []), (problem, ["--mechanism", "magic"]))
    )

    assert good.returncode == 0 and json.loads(good.stdout)["assignment"] == {"a": "x"} and good.stderr == ""
    assert (bad.returncode, bad.stdout) == (2, "") and bad.stderr.startswith("line 1, column ")
    assert (option.returncode, option.stdout) == (2, "") and "welfare, stable, greedy" in option.stderr
