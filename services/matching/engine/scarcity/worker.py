"""Finds what is lacking in a process of its own: a question as one line of JSON on stdin, findings as one line on stdout."""

import json
import sys

from services.matching.engine.scarcity import ahead
from services.matching.engine.scarcity.figures import Census, figures_of, totals_of
from services.matching.engine.scarcity.plan import BestPlan
from services.matching.engine.scarcity.published import published
from services.matching.engine.scarcity.question import Findings, Question, findings_to_plain, question_from


def find_here(question: Question, seconds: float) -> Findings:
    """Find what is lacking, in this process. The same question gives the same findings wherever the plan is proven. `seconds` are for each part in
    which needs have sizes."""
    plan = BestPlan(question, seconds)
    census = Census(question.asks, plan.without_place)
    return Findings(
        figures=figures_of(census, question.gives, plan.utility, plan.served),
        totals=dict(totals_of(census, question.gives)),
        published=published(census, question.gives),
        prices=tuple(ahead.prices(question, plan.prices)),
        value=plan.value,
        bound=plan.bound,
        proven=plan.value == plan.bound,
    )


if __name__ == "__main__":
    asked = json.loads(sys.stdin.readline())
    found = find_here(question_from(asked["question"]), float(asked["seconds"]))
    sys.stdout.write(json.dumps(findings_to_plain(found)) + "\n")
