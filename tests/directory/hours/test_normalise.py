import pytest

from chalandise.directory.hours import ProblemCode, normalise


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Mo-Sa 09:30-19:30", "Mo-Sa 09:30-19:30"),
        ("Mo, Tu, We 11:00-01:00", "Mo,Tu,We 11:00-01:00"),
        (
            "Mo-Fr 9:30-19:00; sa09:30-19:00, Dec 25 off",
            "Mo-Fr 09:30-19:00; Sa 09:30-19:00, Dec 25 off",
        ),
        ("Mo 15:00 -19:30", "Mo 15:00-19:30"),
        (
            "Tu-Th 09:30-13:00/14:30-19:00 Fri-Sat 09:30-19:00",
            "Tu-Th 09:30-13:00,14:30-19:00; Fr-Sa 09:30-19:00",
        ),
        ("Mo-Sa 09:30-19:30,Su 9:30 12:30", "Mo-Sa 09:30-19:30, Su 09:30-12:30"),
        ("Mo-Fr 09:00-12:30 et 14:30-18:30", "Mo-Fr 09:00-12:30,14:30-18:30"),
        ("9:30-19:00 Su off", "09:30-19:00; Su off"),
        (
            "We 10:30-13:00; 14:30-19:30; Th 15:30-19:30",
            "We 10:30-13:00,14:30-19:30; Th 15:30-19:30",
        ),
        ("lun-ven 9h-18h", "Mo-Fr 09:00-18:00"),
        ("10am-12pm,1pm-8pm", "10:00-12:00,13:00-20:00"),
        ("Jul-Aug: Mo 9:30-19:00", "Jul-Aug Mo 09:30-19:00"),
    ],
)
def test_a_spelling_from_the_wild_becomes_canonical(text, value):
    assert normalise(text).value == value


def test_a_repair_is_named():
    assert normalise("Mo, Tu, We 11:00-01:00").repairs == ("space_after_comma",)
    assert normalise("Mo-Sa 09:30-19:30").repairs == ()


def test_thursday_night_is_kept_when_friday_has_its_own_rule():
    normalised = normalise("Th 18:00-02:00; Fr 18:00-04:00")
    assert normalised.value == "Th 18:00-02:00, Fr 18:00-04:00"
    assert normalised.repairs == ("night_kept",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ProblemCode.EMPTY),
        ("   ", ProblemCode.EMPTY),
        ("10:00-16:00/01:30", ProblemCode.POINT_IN_TIME),
        ("Mo 14:00,19:00", ProblemCode.POINT_IN_TIME),
        ("Mo-Tr 17:00-20:00", ProblemCode.UNKNOWN_WORD),
        ("sunrise-sunset", ProblemCode.SUN),
        ("Mo 25:00-29:00", ProblemCode.BAD_TIME),
        ("Mo 10:75-12:00", ProblemCode.BAD_TIME),
        ("Feb 31 10:00-12:00", ProblemCode.BAD_DATE),
        ("11:30-14:30;17:30-23:00", ProblemCode.AMBIGUOUS),
        ("Di 10:00-12:00", ProblemCode.UNKNOWN_WORD),
        ("Mo 10:00-12:00 " * 400, ProblemCode.TOO_LONG),
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_code(text, code):
    normalised = normalise(text)
    assert normalised.value is None
    assert normalised.problem is not None
    assert normalised.problem.code is code
