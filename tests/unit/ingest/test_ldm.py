"""Load messages: who is on board by the samples, the older forms, and sums that do not fit."""

import pytest

from tests.unit.ingest.message_samples import codes, read, sample

HEAD = "LDM\nAM0905/22.XAMAZ.J16Y165.2/4\n"


def test_the_samples_say_who_is_on_board_without_infants():
    single, two, nil = (read(sample(name)) for name in ("ldm_01", "ldm_02_multileg", "ldm_03_nil"))
    assert (single.passengers, single.infants, single.extra["seats"]) == (165, 3, 181)
    assert (two.passengers, two.infants) == (229, 2)
    assert [(load.destination, load.passengers, load.total_weight_kg) for load in two.loads] == [
        ("MTY", 10, 150),
        ("NRT", 219, 9800),
    ]
    assert (nil.passengers, nil.loads[0].destination) == (0, "CUN")
    assert [codes(single), codes(two), codes(nil)] == [[], ["no_stamp"], ["no_stamp"]]


@pytest.mark.parametrize(
    ("block", "people", "infants"),
    [
        ("-CUN.152/13/3.0.T2140", 165, 3),
        ("-CUN.152/13/3.T2140", 165, 3),
        ("-CUN.80/72/13/3.0.T2140", 165, 3),
        ("-CUN.152/13/3.0.T2140.1/640\n.3/900.4/600.PAX/14/151", 165, 3),
    ],
)
def test_old_and_new_forms_count_the_same_people(block, people, infants):
    message = read(f"{HEAD}{block}\n")
    assert (message.passengers, message.infants) == (people, infants)
    assert codes(message) == ["no_stamp"]


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("-CUN.152/13/3.0.PAX/14/150", "people_differ"),
        ("-CUN.152/13/3.0.T2140.1/640", "weights_differ"),
        ("-CUN.152/13/3.0.PAX/14/100/51", "classes_differ"),
        ("-CUN.250/13/3", "more_than_seats"),
        ("-CUN.T2140", "no_people"),
        ("-CUN.152/13/3.WHAT", "unknown_element"),
        ("CUN.152/13/3", "unknown_line"),
        ("SI NOTHING", "no_load"),
    ],
)
def test_what_does_not_fit_is_named(block, code):
    assert code in codes(read(f"{HEAD}{block}\n"))


def test_nobody_is_not_unknown():
    assert read(f"{HEAD}-CUN.NIL\n").passengers == 0
    assert read(f"{HEAD}SI NOTHING\n").passengers is None


@pytest.mark.parametrize(
    ("blocks", "people", "code"),
    [
        ("-CUN.70/13/3.0.T2140\n-CUN.70/13/3.0.T2140", 83, "said_twice"),
        ("-CUN.70/13/3\n-MTY.10/0/0\n-CUN.71/13/3", 94, "said_twice"),
        ("-CUN.NIL.70/13/3", 83, "people_differ"),
        ("-CUN.152/13", None, "no_people"),
        ("-CUN.70/13/3\n-MTY.T2140", None, "no_people"),
    ],
)
def test_a_block_counts_once_and_one_without_people_makes_those_on_board_unknown(blocks, people, code):
    message = read(f"{HEAD}{blocks}\n")
    assert (message.passengers, code in codes(message)) == (people, True)
