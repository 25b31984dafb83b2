import pytest

from chalandise.kernel.mailboxes import same_mailbox


@pytest.mark.parametrize(
    "alias",
    [
        "nadia@gmail.com",
        " Nadia@Gmail.com ",
        "n.a.dia@gmail.com",
        "nadia+pain@gmail.com",
        "na.dia+pain+miel@googlemail.com",
        "ｎadia@gmail.com",
    ],
)
def test_fault_20_an_alias_is_the_same_mailbox(alias: str) -> None:
    assert same_mailbox(alias) == "nadia@gmail.com"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("nadia@épicerie.fr", "nadia@xn--picerie-9xa.fr"),
        ("nadia@Épicerie.fr", "NADIA+x@épicerie.fr"),
    ],
)
def test_fault_20_a_domain_in_letters_is_its_coded_form(one: str, other: str) -> None:
    assert same_mailbox(one) == same_mailbox(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("na.dia@exemple.test", "nadia@exemple.test"),  # dots mean something elsewhere
        ("nadia@exemple.test", "nadia@exemple.test.fr"),
        ("+33@exemple.test", "+44@exemple.test"),
        ("nadia@" + "é" * 90 + ".fr", "nadia@" + "é" * 91 + ".fr"),
    ],
)
def test_others_stay_others(one: str, other: str) -> None:
    assert same_mailbox(one) != same_mailbox(other)
