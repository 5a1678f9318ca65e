import gc

from tracker.garbage import collect_less_often


def test_cycles_are_looked_for_less_often_but_still_are():
    before = gc.get_threshold()
    try:
        collect_less_often()
        assert gc.isenabled()
        assert before[0] < gc.get_threshold()[0] < 100_000
    finally:
        gc.set_threshold(*before)
