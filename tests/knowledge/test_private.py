import pytest

from knowledge.private import mask, phone


@pytest.mark.parametrize(
    ("text", "shown"),
    [("13900007781 找刘工", "139****7781 找刘工"), ("370602199001011234", "370602********1234"),
     ("诉求0037,2025-07-22 10:30,20000元", "诉求0037,2025-07-22 10:30,20000元")],
)  # fmt: skip
def test_mask(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("136 0000 6609", "13600006609"),
        ("１３８００００５５２１", "13800005521"),
        ("0631-5550127", "0631-5550127"),
        ("370602199001011234", None),
    ],
)
def test_phone(text: str, number: str | None) -> None:
    assert phone(text) == number
