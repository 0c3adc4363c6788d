"""Dates: every usual spelling is read, and nothing is guessed."""

from __future__ import annotations

import datetime
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import detect
from dedup.readers import dates
from jobs.cli import notices

UTC = datetime.UTC
NINE = datetime.datetime(2022, 4, 24, 9, 5, tzinfo=UTC)
DAY = datetime.datetime(2022, 4, 24, tzinfo=UTC)


def parse(*texts):
    columns = dates.parse(pa.array(texts, pa.large_string()))
    return list(zip(*(column.to_pylist() for column in columns), strict=True))


@pytest.mark.parametrize(
    "text",
    [
        *["2022-04-24T09:05:00Z", "2022-04-24T09:05", "2022-04-24 09:05:00", "2022-04-24T14:05:00+05:00"],
        *["2022-04-24 04:05:00.000-0500", "2022-04-24T09:05:00.000000000Z", "2022-04-24t09:05:00z"],
        *["2022-04-24 09:05:00 UTC", "2022-04-24T14:05:00 +0500", " 2022-04-24 09:05 ", "20220424T090500Z"],
        *["20220424090500", "1650791100", "1650791100000", "1650791100.0"],
        *["Sun, 24 Apr 2022 09:05:00 GMT", "24 Apr 2022 14:05:00 +0500", "Sun, 24 Apr 2022 05:05:00 EDT"],
        *["Sun, 24 Apr 2022 09:05:00 +0000 (UTC)", "Sun Apr 24 2022 14:05:00 GMT+0500 (Pakistan Standard Time)"],
        *["24-APR-2022 09:05:00.00", "April 24, 2022 9:05", "April 24, 2022 at 9:05 AM", "24 Apr. 2022, 09:05"],
        *["4/24/2022 9:05 AM", "24/04/2022 09:05", "24.04.2022 09:05", "2022/04/24 09:05", "9:05am, 24 April 2022"],
        *["Apr 24, 2022, 9:05\u202fAM", "Sun Apr 24 09:05:00 +0000 2022", "2022-04-24 12:05 GMT+3"],
    ],
)
def test_a_moment_is_read_as_utc(text):
    assert parse(text) == [(NINE, False, None)]


@pytest.mark.parametrize(
    "text",
    [
        *["2022-04-24", "20220424", "24 April 2022", "April 24, 2022", "April 24th, 2022", "Apr. 24, 2022"],
        *["Sunday, April 24, 2022", "24-Apr-2022", "24.04.2022", "4/24/2022", "24/4/2022", "2022/4/24", "2022.04.24"],
    ],
)
def test_a_day_without_a_time_is_midnight_and_says_so(text):
    assert parse(text) == [(DAY, True, None)]


@pytest.mark.parametrize(
    "text",
    [
        *["03/04/2022", "3.4.2022", "03-04-2022", "24/04/22", "24 Apr 22", "10 11 12"],  # may be read several ways
        *["April 2022", "2022", "Sunday", "09:05", "Sunday 09:05", "24 April", "yesterday", "-", "n/a"],  # incomplete
        *["2022-02-30", "2022-13-01", "2022-04-24T25:00:00", "31 April 2022", "24 Marble 2022"],  # no such day
        *["2022-04-24 09:05 IST", "2022-04-24T09:05:00+25:00"],  # zones of several meanings, or none
        *["0", "1970-01-01", "1970-01-01T00:00:00Z", "1970-01-01 00:00:00", "0001-01-01", "1399-12-31", "9999-12-31"],
        *["-5", "12345", "20221324", "99999999999", "2022-W16-7", "x" * 10_000, "٢٠٢٢-٠٤-٢٤"],
    ],
)
def test_what_cannot_be_read_without_guessing_is_kept_as_text(text):
    assert parse(text) == [(None, False, text)]


def test_reuters_of_1987():
    moment = datetime.datetime(1987, 2, 26, 15, 7, 13, 720_000, tzinfo=UTC)
    assert parse("26-FEB-1987 15:07:13.72", " 2-MAR-1987 00:00:00.00") == [
        (moment, False, None),
        (datetime.datetime(1987, 3, 2, tzinfo=UTC), False, None),
    ]


def test_the_first_and_the_last_day_that_count():
    assert [day for _, day, _ in parse("1400-01-01", "2200-12-31")] == [True, True]


def test_nulls_stay_null_and_do_not_mix_with_their_neighbours():
    assert parse(None, "24 April 2022", None, "2022-04-24", "??") == [
        (None, False, None),
        (DAY, True, None),
        (None, False, None),
        (DAY, True, None),
        (None, False, "??"),
    ]
    assert parse() == []


@given(
    st.datetimes(datetime.datetime(1400, 1, 2), datetime.datetime(2200, 12, 30)),
    st.timezones() | st.none() | st.integers(-840, 840).map(lambda m: datetime.timezone(datetime.timedelta(minutes=m))),
)
def test_any_iso_moment_comes_back(moment, zone):
    moment = moment.replace(tzinfo=zone)
    offset = moment.utcoffset()
    if offset is not None and offset.total_seconds() % 60:
        return  # local mean time of before 1900 is not written in ISO 8601
    text = moment.isoformat()
    expected = moment.replace(tzinfo=UTC) if zone is None else moment.astimezone(UTC)
    unreadable = expected.timestamp() == 0
    # The second column is read string by string: a date that does not exist keeps Arrow from reading it whole.
    for texts in ((text,), (text, "2022-02-30")):
        assert parse(*texts)[0] == ((None, False, text) if unreadable else (expected, False, None))


@given(st.text(max_size=40) | st.from_regex(r"\d{1,4}[-/. ][0-9A-Za-z]{1,9}[-/. ,]\d{1,4}( \d{1,2}:\d{2})?"))
def test_any_string_is_either_read_or_kept(text):
    ((published, date_only, keep),) = parse(text)
    assert (published is None) == (keep == text)
    assert not (published is None and date_only)
    assert parse(text, "2022-02-30", "2022-04-24")[0] == (published, date_only, keep)


@pytest.mark.parametrize("zone", ["Asia/Karachi", "America/New_York"])
def test_the_machine_s_own_zone_has_no_part_in_it(zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert parse("Sun, 24 Apr 2022 05:05:00 EDT") == [(NINE, False, None)]
        assert parse("24/04/2022 09:05 PKT")[0][0] == NINE - datetime.timedelta(hours=5)
        assert parse("24/04/2022 09:05") == [(NINE, False, None)]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_native_dates_of_parquet(tmp_path, everything):
    moment = datetime.datetime(2022, 4, 24, 9, 5)
    kinds = {
        **{f"naive_{unit}": pa.array([moment], pa.timestamp(unit)) for unit in ("s", "ms", "us", "ns")},
        "zoned": pa.array([moment], pa.timestamp("ns", "Asia/Karachi")),
        "seconds": pa.array([1650791100]),
        "milliseconds": pa.array([1650791100000]),
        "floats": pa.array([1650791100.0]),
        "strings": pa.array(["2022-04-24T09:05Z"]).dictionary_encode(),
    }
    for name, column in kinds.items():
        pq.write_table(pa.table({"id": [name], "text": ["x"], "date": column}), tmp_path / f"{name}.parquet")
    articles, _ = everything(tmp_path)
    assert {article["id"]: article["published"] for article in articles} == dict.fromkeys(kinds, NINE)
    assert not any(article["date_only"] for article in articles)


def test_a_native_day_is_date_only_and_a_native_midnight_is_not(tmp_path, everything):
    midnight = datetime.datetime(2022, 4, 24)
    days = [pa.array([midnight.date()], pa.date32()), pa.array([midnight.date()], pa.date64())]
    for name, column in zip("abc", [*days, pa.array([midnight], pa.timestamp("ms"))], strict=True):
        pq.write_table(pa.table({"id": [name], "text": ["x"], "date": column}), tmp_path / f"{name}.parquet")
    articles, _ = everything(tmp_path)
    assert [article["published"] for article in articles] == [DAY, DAY, DAY]
    assert [article["date_only"] for article in articles] == [True, True, False]


def test_native_nonsense_is_kept_as_text(tmp_path, everything):
    stamps = pa.array([0, 2**62, 1650791100 * 10**9], pa.timestamp("us"))
    pq.write_table(pa.table({"text": ["a", "b", "c"], "date": stamps}), tmp_path / "dump.parquet")
    articles, rejects = everything(tmp_path)
    assert [("published" in article, "published_text" in article) for article in articles] == [(False, True)] * 3
    assert not rejects


def dated(path, *texts):
    path.write_text("id,text,date\n" + "".join(f"{number},x,{text}\n" for number, text in enumerate(texts)))
    return path


@pytest.mark.parametrize(
    ("settling", "month", "day"), [("25/11/2025 08:00", 11, 12), ("11/25/2025", 12, 11), ("25.11.2025", 11, 12)]
)
@pytest.mark.parametrize("rows", [3, 9000])
def test_one_date_of_a_file_settles_whether_the_day_comes_first(settling, month, day, rows, tmp_path, everything):
    dated(tmp_path / "dump.csv", *["12/11/2025"] * rows, settling, "12/11/2025 09:05")
    dated(tmp_path / "other.csv", "12/11/2025")
    articles, _ = everything(tmp_path / "dump.csv", tmp_path / "other.csv")
    moments = {article.get("published") for article in articles[:rows]}
    assert moments == {datetime.datetime(2025, month, day, tzinfo=UTC)}
    assert all(article["date_only"] for article in articles[:rows])
    assert articles[rows + 1]["published"] == datetime.datetime(2025, month, day, 9, 5, tzinfo=UTC)
    assert articles[-1]["published_text"] == "12/11/2025"


def test_dates_that_contradict_each_other_settle_nothing(tmp_path, everything):
    articles, _ = everything(dated(tmp_path / "dump.csv", "12/11/2025", "25/11/2025", "11/25/2025"))
    assert [article.get("published_text") for article in articles] == ["12/11/2025", None, None]


def test_the_order_holds_beside_rejected_records_and_in_parquet(tmp_path, everything):
    columns = {"id": ["a", "b", "c"], "text": ["x", None, "y"], "date": ["12/11/2025", "12/11/2025", "25/11/2025"]}
    pq.write_table(pa.table(columns), tmp_path / "dump.parquet")
    articles, _ = everything(tmp_path)
    assert [article["published"].day for article in articles] == [12, 25]


@pytest.mark.parametrize("text", ["1650791100000000", "1650791100000000000"])
def test_epoch_numbers_in_micro_and_nanoseconds_are_read(text):
    assert parse(text) == [(NINE, False, None)]


def test_durations_are_told_as_dates_that_cannot_be_read(tmp_path, everything):
    column = pa.array([datetime.timedelta(hours=3)], pa.duration("s"))
    pq.write_table(pa.table({"id": ["a"], "text": ["x"], "date": column}), tmp_path / "dump.parquet")
    ((article,), _) = everything(tmp_path)
    assert article["published_text"] == "3:00:00"


def test_a_run_counts_the_dates_that_it_cannot_read_and_names_the_first(tmp_path):
    dump = dated(tmp_path / "dump.csv", "2025-11-12", "12/11/2025", "soon")
    run = detect([dump], tmp_path / "run", threads=1)
    assert run.summary["unread_dates"] == {"count": 2, "first": "12/11/2025"}
    (message,) = notices.of(run.summary)
    assert message.startswith("dates that cannot be read: 2, first '12/11/2025'; no other date of the file shows")
