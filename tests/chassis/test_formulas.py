"""No spreadsheet runs what people wrote, and what people wrote comes back."""

from hypothesis import given
from hypothesis import strategies as st

from chassis.formulas import FORMULA, guarded, unguarded


@given(st.text(alphabet=[*FORMULA, "'", "1", "a", " "]))
def test_a_guarded_text_is_never_a_formula_and_comes_back(text: str) -> None:
    cell = guarded(text)

    assert not cell.startswith(FORMULA)
    assert unguarded(cell) == text
