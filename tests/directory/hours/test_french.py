import pytest

from chalandise.directory.hours import ProblemCode, normalise, read_french


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            "Lundi : Fermé Mardi : 10h00 / 20h00 Mercredi : 10h00 / 20h00",
            "Tu-We 10:00-20:00",
        ),
        (
            "du mardi au samedi de 9h à 12h30 et de 14h à 19h, fermé dimanche et lundi",
            "Tu-Sa 09:00-12:30,14:00-19:00",
        ),
        ("7j/7 10h-20h", "Mo-Su 10:00-20:00"),
        ("lun-ven 9h-18h non-stop", "Mo-Fr 09:00-18:00"),
        ("Du lundi au samedi de 9h à midi et de 14h à 19h", "Mo-Sa 09:00-12:00,14:00-19:00"),
        ("Samedi de 18 heures à minuit", "Sa 18:00-24:00"),
        ("Tous les jours sauf le lundi de 9h à 18h", "Tu-Su 09:00-18:00"),
        ("7j/7 de 10h à 20h sauf dimanche 10h-13h", "Mo-Sa 10:00-20:00; Su 10:00-13:00"),
        (
            "Ouvert du lundi au vendredi : 8h30-12h / 14h-18h. Samedi : 9h-12h. Fermé les fériés.",
            "Mo-Fr 08:30-12:00,14:00-18:00; Sa 09:00-12:00; PH off",
        ),
        (
            "mardi au samedi 9h-12h 14h-19h, fermé le samedi après-midi",
            "Tu-Fr 09:00-12:00,14:00-19:00; Sa 09:00-12:00",
        ),
        (
            "lundi matin fermé, après-midi 14h-19h; mardi 9h-12h/14h-19h",
            "Mo 14:00-19:00; Tu 09:00-12:00,14:00-19:00",
        ),
        ("9h-19h, fermé le dimanche", "Mo-Sa 09:00-19:00"),
        ("vendredi et samedi de 18h à 2h", "Fr-Sa 18:00-02:00"),
        (
            "lundi sur rendez-vous, mardi-samedi 9h-18h",
            'Tu-Sa 09:00-18:00; Mo unknown "sur rendez-vous"',
        ),
        (
            "dimanche et jours fériés 10h-12h, du mardi au samedi 10h-19h",
            "Tu-Sa 10:00-19:00; Su 10:00-12:00; PH 10:00-12:00",
        ),
        (
            "Lundi au vendredi : 09:00 - 19:00<br />Samedi : 10:00 - 18:00",
            "Mo-Fr 09:00-19:00; Sa 10:00-18:00",
        ),
        ("9-12h / 14-18h du lundi au vendredi", "Mo-Fr 09:00-12:00,14:00-18:00"),
        ("24h/24 7j/7", "24/7"),
        ("Tous les jours 9 h 30 – 20 h, y compris les jours fériés", "Mo-Su 09:30-20:00"),
        ("du vendredi au lundi 10h-12h", "Mo,Fr-Su 10:00-12:00"),
        ("lu, ma, je, ve : 9h-18h", "Mo-Tu,Th-Fr 09:00-18:00"),
        ("week-end 10h-12h, en semaine 9h-18h", "Mo-Fr 09:00-18:00; Sa-Su 10:00-12:00"),
        ("mar 9h-12h mer 14h-18h", "Tu 09:00-12:00; We 14:00-18:00"),
        ("LUNDI 14H00-19H00&nbsp;MARDI 10H-19H", "Mo 14:00-19:00; Tu 10:00-19:00"),
    ],
)
def test_a_sentence_becomes_a_value(text, value):
    assert read_french(text).value == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ProblemCode.EMPTY),
        ("10h-20h", ProblemCode.NO_DAYS),
        ("mardi", ProblemCode.NO_HOURS),
        ("Fermé", ProblemCode.NO_HOURS),
        ("dès 18h le vendredi", ProblemCode.POINT_IN_TIME),
        ("Lundi 9h-12h Lundi 10h-13h", ProblemCode.CONTRADICTORY),
        ("lundi fermé. lundi 9h-12h", ProblemCode.CONTRADICTORY),
        ("fermé le lundi, lundi 9h-12h", ProblemCode.AMBIGUOUS),
        ("fermé dimanche 10h-13h", ProblemCode.AMBIGUOUS),
        ("mardi matin 9h-12h après-midi 2h-6h", ProblemCode.AMBIGUOUS),
        ("mardi après-midi 2h-6h", ProblemCode.AMBIGUOUS),
        ("du 1er juillet au 31 août 9h-19h", ProblemCode.UNKNOWN_WORD),
        ("mardi 9h-19h, fermé mardi matin", ProblemCode.CONTRADICTORY),
        ("lundi selon l’humeur", ProblemCode.UNKNOWN_WORD),
        ("juillet et août : 9h-19h", ProblemCode.UNSUPPORTED),
        ("lundi de 18h à 10h", ProblemCode.BAD_TIME),
        ("lundi 32h-35h", ProblemCode.BAD_TIME),
        ("9h-12h lundi 14h-18h mardi", ProblemCode.NO_HOURS),
        ("lundi 9h-12h" * 300, ProblemCode.TOO_LONG),
    ],
)
def test_a_sentence_that_is_not_clear_is_refused(text, code):
    read = read_french(text)
    assert read.value is None
    assert read.problem is not None
    assert read.problem.code is code


def test_any_text_goes_through_one_door():
    assert normalise("Lundi et jeudi, 11h30 - 14h").value == "Mo,Th 11:30-14:00"
    assert normalise("Lundi et jeudi, 11h30 - 14h").repairs == ("french",)
    assert normalise("lundi,vendredi 10:00-18:00").value == "Mo,Fr 10:00-18:00"
    assert normalise("Mo,Fr 10:00-18:00").repairs == ()
    assert normalise("Tous les jours de 9h à 20h, y compris les jours fériés").value is not None


def test_the_letter_of_a_refusal_names_the_word():
    problem = normalise("lundi selon l’humeur").problem
    assert problem is not None
    assert problem.fragment == "selon"
