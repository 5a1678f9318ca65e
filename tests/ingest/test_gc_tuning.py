import gc

from tracker.ingest.gc_tuning import collect_less_often


def test_cycles_are_looked_for_less_often_but_still_are():
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, 10, 10)  # another test of this process may have called it already
        collect_less_often()
        assert gc.isenabled()
        assert 700 < gc.get_threshold()[0] < 100_000
    finally:
        gc.set_threshold(*before)
